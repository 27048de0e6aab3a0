/* detect/lineage.h - patches of one epoch after those of the epoch before: what became of each.
 *
 * Two patches are linked when their overlap is a tenth or more of the smaller one. A patch is
 *   same, grew, shrank   linked to one that is linked to it alone: larger or smaller than what was
 *                        observed of the other by a tenth of the other's area
 *   partly_seen          it would be the same, or a part of what split, but a tenth or more of the
 *                        other was not observed: nobody knows
 *   split                linked to one that several are linked to
 *   merged               linked to several
 *   returned             linked only to what was gone in an earlier epoch
 *   new                  linked to none
 * and one of the epoch before that none is linked to is
 *   unseen               where less than half of it was observed (detect/unseen.h)
 *   left_out             where a tenth of it has changed again, too little for a patch, or
 *                        suppressed
 *   gone                 else: it waits, with its outline, to return.
 * What is unseen or left out, and the part of a patch that was not observed, stands as it was until
 * it is seen again: it is a part of what the next epoch is compared with. A place keeps its
 * lineage_id: of what a patch splits into, the one with the largest overlap has it; of what merges
 * into one, the one with the largest overlap gives it (ties: the lower id); everything else begins
 * one, named after its patch_id. Nothing depends on the order of rows. */
#ifndef RDL_DETECT_LINEAGE_H
#define RDL_DETECT_LINEAGE_H

#include "geo/geo.h"

/** A patch of the epoch before, or one that was gone by then. */
typedef struct rdl_ancestor {
    char *patch_id, *lineage_id, *t_before, *t_after;
    double area_m2;
    bool gone;
    double seen;    /* share of it that is observed now; NaN: not looked at */
    double changed; /* share of it that has changed now, of a patch or not */
    GBytes *hidden; /* the outline of what is not, where that is a tenth or more; else NULL */
    GBytes *wkb;    /* in the system of the patches to come */
    rdl_box box;
    double plane_area;
    guint links;     /* of patches to it */
    guint heir;      /* the patch that has its lineage, RDL_NOBODY: none */
    double heir_has; /* how much of it, 0..1 */
} rdl_ancestor;
#define RDL_NOBODY G_MAXUINT

/** An overlap of a patch with an ancestor. */
typedef struct rdl_link {
    guint patch, ancestor;        /* numbers; patches in order of id */
    double of_patch, of_ancestor; /* shares of their areas */
} rdl_link;

/** What became of a patch. */
typedef struct rdl_descent {
    const char *relation; /* static */
    guint from;           /* the ancestor it has the lineage of; RDL_NOBODY: it begins one */
} rdl_descent;

typedef struct rdl_lineage {
    GArray *ancestors;    /* of rdl_ancestor, in order of lineage_id */
    rdl_box_index *index; /* of their boxes */
    GArray *links;        /* of rdl_link, in order of patch and ancestor */
    GArray *history;      /* of rdl_generation */
    int epoch;            /* of the patches to come; the first file is 1 */
} rdl_lineage;

/** A row of table `lineage`; ids NULL where there is none, shares and areas NaN. */
typedef struct rdl_generation {
    int epoch;
    char *lineage_id, *relation, *patch_id, *t_before, *t_after, *previous_id, *previous_lineage_id;
    double of_patch, of_previous, area_m2, previous_m2, observed; /* of the previous one, a share */
} rdl_generation;

/** What became of an ancestor without a link. */
typedef enum { RDL_ABSENT_GONE, RDL_ABSENT_UNSEEN, RDL_ABSENT_LEFT_OUT } rdl_absence;
rdl_absence rdl_ancestor_absence(const rdl_ancestor *ancestor);
/** "gone", "unseen", "left_out". */
const char *rdl_absence_name(rdl_absence absence);

rdl_lineage *rdl_lineage_new(void);
void rdl_lineage_free(rdl_lineage *lineage);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_lineage, rdl_lineage_free)
/** Polygons as layers of patches have them: a MultiPolygon as little-endian WKB. Yours. */
GBytes *rdl_lineage_outline(const rdl_geometry *polygons, GError **error);
/** Sort and index the ancestors; before any link. Fails: RDL_ERROR_DATA. */
bool rdl_lineage_ready(rdl_lineage *lineage, GError **error);
/** Add the links of patch number `patch`; patches in their order. Fails: RDL_ERROR_DATA. */
bool rdl_lineage_link(rdl_lineage *lineage, guint patch, const void *wkb, size_t n, rdl_box box,
                      GError **error);
/** All links are there, and ancestors are looked at: what became of each of n patches of these
 *  areas. Yours to g_free(). */
rdl_descent *rdl_lineage_settle(rdl_lineage *lineage, guint n, const double *area_m2);

/** After that: the name of an ancestor's lineage, and how many of the epoch before are absent
 *  now, and why. */
const char *rdl_lineage_id(const rdl_lineage *lineage, guint ancestor);
gint64 rdl_lineage_absent(const rdl_lineage *lineage, rdl_absence absence);
/** The latest day that the epoch before tells of, "" where it tells none. */
const char *rdl_lineage_day(const rdl_lineage *lineage);

#endif
