/* deliver/map_name.h - names on a map that do not run into each other. */
#ifndef RDL_DELIVER_MAP_NAME_H
#define RDL_DELIVER_MAP_NAME_H

#include "deliver/map_frame.h"

typedef struct rdl_names rdl_names;

rdl_names *rdl_names_new(const rdl_frame *frame, rdl_page *page);
void rdl_names_free(rdl_names *labels);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rdl_names, rdl_names_free)
/** Write `text` beside a place (points on the page), clear of `gap` points around it, where it
 *  meets no other label and stays in the frame: right, left, above, below, then the corners. What
 *  comes first has the better place. False: there was no room, nothing is written. */
bool rdl_name(rdl_names *labels, const rdl_lettering *look, double x, double y, double gap,
              const char *text);
/** Write it centred on the place, wrapped to `width`, or nowhere. */
bool rdl_name_on(rdl_names *labels, const rdl_lettering *look, double x, double y, double width,
                 const char *text);
/** Keep a box free of labels. */
void rdl_name_avoid(rdl_names *labels, double x, double y, double w, double h);

/** Names of the zones and units in a frame, in their places. *unnamed (may be NULL): those that are
 *  in the frame and found no room for theirs. */
bool rdl_name_grounds(rdl_names *labels, bool zones, bool units, double size, guint *unnamed,
                      GError **error);
typedef struct rdl_sites_named {
    guint all, written; /* sites in the frame; those that found room for a name */
    guint numbered;     /* of these by number */
} rdl_sites_named;
/** Beside the sites the ids of their sources, or where these are long the numbers of their tasks
 *  (rdl_task's number). */
bool rdl_name_sites(rdl_names *labels, const char *unit, double size, rdl_sites_named *named,
                    GError **error);

#endif
