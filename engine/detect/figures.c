#include "detect/figures.h"

#include <math.h>

void rdl_figures_add(rdl_figures *f, const rdl_figures *more)
{
    f->score += more->score;
    f->probability += more->probability;
    if (fabs(more->score_most) > fabs(f->score_most))
        f->score_most = more->score_most;
    f->scores += more->scores;
    f->probabilities += more->probabilities;
    for (int k = 0; k < RDL_FIGURE_INDICES; k++) {
        f->index[k][0] += more->index[k][0];
        f->index[k][1] += more->index[k][1];
        f->observed[k] += more->observed[k];
    }
    for (int k = 0; k < RDL_MARKS; k++)
        f->near_mark[k] += more->near_mark[k];
    f->series += more->series;
    f->crops += more->crops;
    rdl_rim_sums_add(&f->rim, &more->rim);
}

double rdl_figures_mean(const rdl_figures *f, rdl_figure_index index, int date)
{
    return f->observed[index] ? f->index[index][date] / (double)f->observed[index] : NAN;
}
