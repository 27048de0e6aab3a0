/* deliver/map_data.h - what there is to draw: tasks, zones, units, permits, scenes, read once.
 *
 * A ledger records by path and SHA-256 what its findings were made from. The files are looked for
 * where they were, and below the folders above the ledger; one whose digest differs is not used.
 * What cannot be shown is told in `notes`, which belong on the sheet, and in `warnings`. */
#ifndef RDL_DELIVER_MAP_DATA_H
#define RDL_DELIVER_MAP_DATA_H

#include "geo/geo.h"
#include "rectify/rectify.h"

/** Files that stand in for what the ledger records; NULL: as recorded. */
typedef struct rdl_map_sources {
    const char *before, *after, *zones, *units, *permits;
    const char *zones_profile; /* by which the zones are read; NULL: canonical fields */
} rdl_map_sources;

typedef struct rdl_map_zone {
    char *zone_id, *name, *zone, *family; /* NULL where not given, zone never */
    char *valid_from, *valid_to;
    int priority; /* of its class in the pack: 1 goes before 2 */
    GBytes *wkb;  /* the ledger's system, as all below */
    rdl_box box;
} rdl_map_zone;

typedef struct rdl_map_unit {
    char *xzqdm, *name;
    GBytes *wkb;
    rdl_box box;
} rdl_map_unit;

typedef struct rdl_map_reach {
    const char *xzqdm; /* lent by the units */
    double share;      /* of the site's ground, 0..1 */
} rdl_map_reach;

typedef struct rdl_map_permit {
    char *permit_no, *authority, *holder, *activity, *issued, *valid_from, *valid_to;
    GBytes *wkb;
    rdl_box box;
} rdl_map_permit;

typedef struct rdl_map_scene {
    char *path, *name, *date, *sensor; /* name: of the file; NULL where not known, path never */
    char *digest;                      /* SHA-256; NULL: not recorded and not asked */
    bool after;                        /* else before */
    int bands[3];                      /* red, green, blue; one band: the same thrice */
    bool natural;                      /* true colour, not whatever bands there are */
    double metres;                     /* a pixel on the ground */
    double sun_elevation, sun_azimuth; /* degrees; NaN where the scene does not say */
    double off_nadir;                  /* of the sensor's view, degrees; NaN likewise */
} rdl_map_scene;

typedef struct rdl_map_layer {
    char *role, *path, *digest; /* "zones", "units", "permits"; digest: as of a scene */
} rdl_map_layer;

typedef struct rdl_map_data {
    rdl_ledger *ledger;
    char *path, *date; /* of the ledger; its latest day, ISO */
    char *as_of;       /* day of judgement, ISO; the date where none is recorded */
    char *digest;      /* rdl_ledger_work_head() */
    bool findings;     /* straight from findings: no work has begun */
    rdl_crs *crs;
    GArray *tasks; /* of rdl_task, by id */
    GArray *zones; /* the least strict first: the order of drawing */
    GArray *units, *permits, *scenes;
    GArray *layers;              /* of rdl_map_layer: the files these were read from */
    rdl_box *boxes;              /* of the tasks */
    GHashTable *reaches;         /* site -> GArray of rdl_map_reach: the units it lies in */
    GHashTable *leading;         /* site -> the task that stands for it; both lent */
    bool lost_zones, lost_units; /* recorded, and not to be had */
    GPtrArray *notes;            /* of char: what could not be shown, in `language` */
    GPtrArray *warnings;         /* of char: the same for who draws it, with path and reason */
    const char *language;
    rdl_scratch *scratch; /* folder of a ledger made for findings; NULL */
    bool lent;     /* the ledger is not to be closed */
} rdl_map_data;

/** Open a ledger, or a findings.gpkg (then of a ledger made from it for the while).
 *  language: "zh", "en". Fails: RDL_ERROR_NOT_FOUND, RDL_ERROR_DATA; and for a source given in
 *  `sources` with whatever reading it fails with. */
rdl_map_data *rdl_map_data_open(const char *path, const rdl_map_sources *sources,
                                const char *language, GError **error);
/** The same of an open ledger, as it stands: lent until the data are freed; `path` is where what it
 *  records is looked for. */
rdl_map_data *rdl_map_data_of(rdl_ledger *ledger, const char *path, const char *language,
                              GError **error);
/** Of a ledger, as it stands, only its units, and in which of them its sites lie (`tasks` is NULL):
 *  `units` stands in for the layer that is recorded at `path`, NULL: as recorded. `unit`: of the
 *  sites only those around it, NULL: all. The ledger is lent until the data are freed. */
rdl_map_data *rdl_map_units_open(rdl_ledger *ledger, const char *path, const char *units,
                                 const char *unit, const char *language, GError **error);
void rdl_map_data_free(rdl_map_data *data);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_map_data, rdl_map_data_free)
/** The warnings, added to `to` unless it is NULL. */
void rdl_map_warn(const rdl_map_data *data, GPtrArray *to);
/** One of two texts, by the language of the data. */
#define RDL_MAP_SAY(data, zh, en) (strcmp((data)->language, "en") == 0 ? (en) : (zh))
/** Add a note. */
void rdl_map_note(rdl_map_data *data, const char *format, ...) G_GNUC_PRINTF(2, 3);
/** The unit's name, the code itself where there is none; "" for NULL. Lent. */
const char *rdl_map_unit_name(const rdl_map_data *data, const char *xzqdm);
/** Lays each site over the units, once they are read: `reaches`, the units from 0.1 % of its ground
 *  on, of a county and its city the county; shares are of areas in the plane of the ledger's system.
 *  `unit`: only sites around it; NULL: all. */
bool rdl_map_read_reaches(rdl_map_data *data, const char *unit, GError **error);
/** Units a task's site lies in beside the one the task is counted by, by code: of two tasks of one
 *  place each has its own. GArray of rdl_map_reach; NULL: none. Yours. */
GArray *rdl_map_reaches(const rdl_map_data *data, const rdl_task *task);
/** Of the ground of a task's site what lies in `unit`, 0..1; 0 where nothing is known of it. */
double rdl_map_share(const rdl_map_data *data, const rdl_task *task, const char *unit);
/** Is the task counted by `unit` (NULL: all), or does its ground reach into it? */
bool rdl_map_in_unit(const rdl_map_data *data, const rdl_task *task, const char *unit);
/** Sites that reach into `unit` and are counted by another, each by the task that stands for it, as
 *  rdl_task_list() has them, without ground. GArray of rdl_task by id; empty for a `unit` of NULL.
 *  Yours. */
GArray *rdl_map_reaching(const rdl_map_data *data, const char *unit, rdl_day as_of, GError **error);
/** "name (code); reaches into name (code) 25.0 % (counted by the first)"; NULL: in no unit. Yours.
 */
char *rdl_map_units_met(const rdl_map_data *data, const rdl_task *task);
/** The same for a list: "name (and name)". Yours. */
char *rdl_map_units_short(const rdl_map_data *data, const rdl_task *task);
/** Is `unit` (NULL: all) a unit or a task's, or the beginning of one's code? Fails:
 *  RDL_ERROR_NOT_FOUND, naming those there are. */
bool rdl_map_unit_known(const rdl_map_data *data, const char *unit, GError **error);
/** Is task `i` the one that stands for its site: a rectification before a verification, what was
 *  dismissed last, then the first by id? */
bool rdl_map_leads(const rdl_map_data *data, guint i);
/** The same of two tasks of one site. */
bool rdl_map_leads_before(const rdl_task *a, const rdl_task *b);
/** The ground of a map, the ledger's system: the unit and its tasks; all tasks; without any what
 *  there is of zones, units, scenes. Empty (xmin > xmax) where there is nothing. */
bool rdl_map_ground(const rdl_map_data *data, const char *unit, rdl_box *box, GError **error);
/** Grow a box by another; one with xmin > xmax is empty. */
void rdl_box_grow(rdl_box *box, rdl_box other);
/** Is the version of this zone the one in force on the day of judgement? */
bool rdl_map_zone_in_force(const rdl_map_data *data, const rdl_map_zone *zone);

#endif
