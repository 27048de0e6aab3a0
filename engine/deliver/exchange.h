/* deliver/exchange.h - the tasks of a ledger as files others can open.
 *
 *   gpkg     GeoPackage: layer `task` in the ledger's CRS, and `layer_styles`, by which QGIS opens
 *            it styled
 *   geojson  RFC 7946: WGS 84, longitude before latitude, 7 decimals
 *   xlsx     the ledger sheet, its statistics and its codes, A3 landscape
 *   flatgeobuf  layer `task` in the ledger's CRS, in the order of ids (no spatial index)
 *   csv      the table alone with lon and lat, UTF-8 with its mark; formulas are made harmless
 *   kml      KML 2.2, a folder a state as styles/task.sld has them; with -o x.kmz the chips of
 *            both dates too, and small pictures of the photos
 *   shp-cn   the package a higher office takes, a folder or a .zip: Shapefiles with pinyin fields,
 *            codes and their words, in GBK or UTF-8, on CGCS2000; lists of fields, of files and of
 *            what was missing, wrong, there twice or cut
 *   evidence everything about one site (`task`), a folder or a .zip, with a list of SHA-256
 *   postgis  table redline_task of a database (output "PG:host=... dbname=...") in one
 *            transaction; a table somebody else made is never touched
 *   stac     a catalogue, a folder or a .zip: items for the ledger, its findings, every product and
 *            input behind them, and the maps, cards, reports and files of tasks that lie beside
 *            it (made.h), with derived_from and file:checksum
 *   gpx      a waypoint a task, its outline as routes: for the walk to it
 *   county   a package of work for another office (package.h), a folder or a .zip: all tasks of a
 *            unit
 *   field    the same for whoever goes there: its open tasks
 *   internal, public
 *            gpkg, geojson, xlsx, flatgeobuf or csv by the output's ending; public without names,
 *            owners, exact places and anything but the result: data/disclosure/public.csv; and
 *            without what is dismissed, lawful or not yet registered, as in a bulletin for the
 *            public
 *
 * gpkg, geojson, flatgeobuf and csv carry codes; xlsx, kml, gpx and shp-cn carry the words of the
 * ledger's pack. Same ledger, same bytes: no clock is asked; what has to be dated is dated by the
 * ledger, or by SOURCE_DATE_EPOCH. */
#ifndef RDL_DELIVER_EXCHANGE_H
#define RDL_DELIVER_EXCHANGE_H

#include "rectify/rectify.h"

typedef struct rdl_export_options {
    const char *profile;  /* one of those above; needed */
    const char *output;   /* path; needed. Some profiles ask for an ending */
    const char *language; /* of words: "zh" (default) or "en" */
    rdl_day as_of;        /* 0 (default): the ledger's own date; a day before it: all as it stood at
                             the end of that day, as a bulletin has it, and RDL_ERROR_USAGE of county,
                             field, evidence and stac; a later one: for what is overdue then */
    bool overwrite;       /* default false: an existing file is refused */
    const char *unit; /* only tasks of this unit, a code or its beginning; NULL: all. Needed for a
                         package of work */
    const char *by, *on; /* who exports, and the day (NULL: the ledger's own date); with `by` the
                            export is put on record in the ledger, which must be open to write.
                            Needed for a package of work */
    const char *before, *after; /* scenes that stand in for those the ledger records; NULL */
    const char *encoding;       /* of shp-cn: "GBK" (default), "UTF-8" */
    const char *task; /* of evidence, needed: id of a task, site, finding or source; else NULL */
    const char *documents; /* of evidence: folder to look for papers in, by SHA-256; NULL: none */
    GPtrArray *warnings;   /* takes what people should know, as char *; NULL */
} rdl_export_options;
#define RDL_EXPORT_OPTIONS_INIT \
    {                           \
        .language = "zh"        \
    }

/** Name of the file of that profile where no other is given: "tasks.gpkg"; of "public" and
 *  "public.gpkg", "public.xlsx" ... that of the public one. Fails: RDL_ERROR_USAGE,
 *  naming those there are, and for a package of work. */
RDL_API const char *rdl_export_file(const char *profile, GError **error);
/** Write all tasks, by id, and put that on record. The file appears whole or not at all. No tasks:
 * a valid file all the same. tally: deliver.<profile> (suppressed NO_PLACE: the format cannot hold
 * a task that lies nowhere; of public EXCLUDED, CARRIED, NOT_REGISTERED: disclosure.h); not
 * counted when the export fails. Fails: RDL_ERROR_USAGE (an option;
 * the file exists), RDL_ERROR_IO, RDL_ERROR_DATA. */
RDL_API bool rdl_export(rdl_ledger *ledger, const rdl_export_options *options, rdl_tally *tally,
                        GError **error);

/** Is it an evidence pack: a folder or .zip with SHA256SUMS and manifest.json? */
RDL_API bool rdl_evidence_is_pack(const char *path);
/** Verify one: each file has its SHA-256, none is missing or more, each event gives its hash, and
 *  an archive is to the byte what these files give. Its manifest, with "sha256" (of SHA256SUMS,
 *  which stands for the whole) and "events" (their number); yours. Fails: RDL_ERROR_BALANCE naming
 *  what was changed, RDL_ERROR_DATA (no pack; a name that leads out of it), RDL_ERROR_IO. */
RDL_API JsonObject *rdl_evidence_check(const char *path, GError **error);

#endif
