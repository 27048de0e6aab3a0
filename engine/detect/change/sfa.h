/* detect/change/sfa.h - slow feature analysis (Wu, Du & Zhang 2014, IEEE TGRS 52(5), "Slow feature
 * analysis for change detection in multispectral imagery").
 *
 * With x and y the bands of both dates, each brought to mean 0 and variance 1, feature i is
 * w_i' (x - y) with A w_i = lambda_i B w_i, A the covariance of x - y, B the mean of those of x and
 * of y, w_i' B w_i = 1: lambda_i is its variance, the slowest first. T = sum (w_i' (x - y))^2 /
 * lambda_i is near chi-square with p degrees of freedom where nothing changed. */
#ifndef RDL_DETECT_CHANGE_SFA_H
#define RDL_DETECT_CHANGE_SFA_H

#include "detect/change/mad.h"

/** Solve from the moments of 2p variates, as rdl_mad_solve(). T is the chi-square of a
 *  transformation with a_i = w_i over the deviations of x, b_i = w_i over those of y, and
 *  rho_i = 1 - lambda_i / 2, which is how it is returned. */
rdl_mad_state rdl_sfa_solve(const double *moments, int p, rdl_mad *sfa, int *culprit);

#endif
