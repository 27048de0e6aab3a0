/* detect/change/indices.h - spectral indices by the parts bands play.
 *
 * Each is (plus - minus) / (plus + minus), plus and minus being one band or the sum of two. */
#ifndef RDL_DETECT_CHANGE_INDICES_H
#define RDL_DETECT_CHANGE_INDICES_H

typedef struct rdl_spectral_index {
    const char *name, *title, *paper;
    const char *roles[5]; /* of minus, then of plus; NULL-ended */
    int minus, plus;      /* how many of each */
} rdl_spectral_index;

/** By name in lower case; NULL: there is none. */
const rdl_spectral_index *rdl_spectral_index_named(const char *name);
/** Names, ", " between them. Static. */
const char *rdl_spectral_index_names(void);

#endif
