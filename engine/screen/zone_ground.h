/* screen/zone_ground.h - the ground of zones, given back as the judging moves on.
 *
 * A province's boundaries are a quarter of a gigabyte, and footprints are judged from neighbour to
 * neighbour: what lies behind is not asked for again. Zones are kept in blocks of pages in that
 * order; a block is unmapped when the last piece of work that asks for one of its zones is done. */
#ifndef RDL_SCREEN_ZONE_GROUND_H
#define RDL_SCREEN_ZONE_GROUND_H

#include "screen/zone.h"

typedef struct rdl_zone_ground rdl_zone_ground;

/** Move the ground of all zones into blocks: their `wkb` then lends from here. */
rdl_zone_ground *rdl_zone_ground_new(GPtrArray *zones);
void rdl_zone_ground_free(rdl_zone_ground *ground);

/** Before the work, from any thread: piece `piece` asks for `zone`. */
void rdl_zone_ground_note(rdl_zone_ground *ground, const rdl_zone *zone, size_t piece);
/** Pieces 0..pieces-1 will be done. */
void rdl_zone_ground_begin(rdl_zone_ground *ground, size_t pieces);
/** Piece `piece` is done, from any thread; gives back what no other needs. */
void rdl_zone_ground_done(rdl_zone_ground *ground, size_t piece);

#endif
