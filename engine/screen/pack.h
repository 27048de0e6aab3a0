/* screen/pack.h - a jurisdiction as data: zone classes, activities, rules and tables.
 *
 * A pack is a folder: pack.yaml and CSV tables (data/packs/README tells their columns). What can be
 * checked without geodata is checked when it is opened, with file and line. */
#ifndef RDL_SCREEN_PACK_H
#define RDL_SCREEN_PACK_H

#include "base/base.h"

typedef struct rdl_pack rdl_pack;

/** By name ("cn", looked for in redline's data) or by path. `local`: labels of LOCAL rows to switch
 *  on ("S1,S4"), NULL for none. Fails: RDL_ERROR_NOT_FOUND, RDL_ERROR_DATA with file:line. */
RDL_API rdl_pack *rdl_pack_open(const char *name, const char *local, GError **error);
RDL_API void rdl_pack_free(rdl_pack *pack);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_pack, rdl_pack_free)

RDL_API const char *rdl_pack_id(const rdl_pack *pack);
RDL_API const char *rdl_pack_version(const rdl_pack *pack);
RDL_API const char *rdl_pack_folder(const rdl_pack *pack);
/** SHA-256 over the digests of all its files, in order of their names. */
RDL_API const char *rdl_pack_digest(const rdl_pack *pack);
/** Text member of pack.yaml at the top ("language", "crs"). */
RDL_API const char *rdl_pack_text(const rdl_pack *pack, const char *key, const char *fallback);
/** Number under `defaults:` of pack.yaml. */
RDL_API double rdl_pack_default(const rdl_pack *pack, const char *key, double fallback);
/** A table of the pack by file name, NULL where the pack has none. Lent. */
RDL_API const rdl_csv *rdl_pack_table(const rdl_pack *pack, const char *file);

/** The names of its tables. The list is yours, the names are lent. */
RDL_API GList *rdl_pack_tables(const rdl_pack *pack);

/* ---- zone classes (zones.csv) ---- */

typedef struct rdl_zone_class {
    const char *zone; /* code */
    const char *name_zh, *name_en;
    const char *family;    /* versions of one zone share it: NR for NR_CORE and NR_HX */
    const char *exclusive; /* zones of one group must not overlap; NULL: may */
    const char
        *converts_to; /* the code whose rows apply after `converts_from`, to REVIEW; or NULL */
    rdl_day converts_from;
    int number;   /* its row in zones.csv, from 0 */
    int priority; /* 1 first: who owns ground that several zones cover */
    bool reserve; /* `ANY` means POST_OK, POST_NO and EXPAND only */
} rdl_zone_class;

RDL_API const rdl_zone_class *rdl_pack_zone(const rdl_pack *pack, const char *zone);

/* ---- activities (activities.csv, predicates.csv) ---- */

/** Is the code an activity of the pack? */
RDL_API bool rdl_pack_has_activity(const rdl_pack *pack, const char *activity);
/** The code and all above it, joined by ";". Yours. */
RDL_API char *rdl_pack_activity_path(const rdl_pack *pack, const char *activity);
/** Is `activity` the code `ancestor`, or below it in the tree? A trailing `*` in `ancestor`
 *  matches codes with that beginning. */
RDL_API bool rdl_pack_activity_is(const rdl_pack *pack, const char *activity, const char *ancestor);
/** The same, and MAYBE for a code that only stands for those below it (column `group`: "mining", of
 *  whatever kind) where `wanted` is one of them. */
RDL_API rdl_truth rdl_pack_activity_may_be(const rdl_pack *pack, const char *activity,
                                           const char *wanted);

#endif
