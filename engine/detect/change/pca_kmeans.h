/* detect/change/pca_kmeans.h - changes as one of two clusters of small surroundings (Celik 2009,
 * IEEE GRSL 6(4), "Unsupervised change detection in satellite images using principal component
 * analysis and k-means clustering").
 *
 * The H x H differences around a pixel are projected on the S leading principal axes of the H x H
 * blocks of the difference image; two-means on the projections finds the clusters, and the one with
 * the larger mean difference is change. H = 4, S = 3. */
#ifndef RDL_DETECT_CHANGE_PCA_KMEANS_H
#define RDL_DETECT_CHANGE_PCA_KMEANS_H

#include <stdbool.h>
#include <stddef.h>

#define RDL_PCA_SIDE 4
#define RDL_PCA_SIZE (RDL_PCA_SIDE * RDL_PCA_SIDE)
#define RDL_PCA_AXES 3
#define RDL_PCA_RADIUS 2 /* pixels around one that are looked at: 1 up and left, 2 down and right \
                          */

typedef struct rdl_pca_kmeans {
    double mean[RDL_PCA_SIZE];
    double axis[RDL_PCA_AXES][RDL_PCA_SIZE];
    double centre[2][RDL_PCA_AXES]; /* unchanged, changed */
} rdl_pca_kmeans;

/** Mean and axes from the moments of blocks (RDL_PCA_SIZE variates). False: fewer than 17 blocks,
 * or they do not vary. */
bool rdl_pca_axes(const double *moments, rdl_pca_kmeans *model);
/** Projections of the pixel at (col, row) of a window of differences; what is not observed around
 *  it counts as the mean of what is. False where the pixel itself is not observed. */
bool rdl_pca_project(const rdl_pca_kmeans *model, int width, int height, const float *difference,
                     int col, int row, float *projections);
/** Two-means on n projections, begun on both sides of half way between the mean and the largest
 *  first projection. False when they do not differ. */
bool rdl_pca_cluster(rdl_pca_kmeans *model, size_t n, const float *projections);
/** Of each pixel of a window the squared distance to the unchanged centre, as a share of both: over
 *  one half is changed. */
void rdl_pca_score(const rdl_pca_kmeans *model, int width, int height, const float *difference,
                   float *score);

#endif
