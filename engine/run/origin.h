/* run/origin.h - what a stage of a job is made from, as one digest: the code, the options, and
 * every file it reads. Equal digests, equal outputs. */
#ifndef RDL_RUN_ORIGIN_H
#define RDL_RUN_ORIGIN_H

#include "run/job.h"

/** `code` from rdl_code_digest(); `folder` holds the outputs of the stages before. Yours; NULL
 *  with an error when an input cannot be read. An input that is no plain file (a folder, /vsi...)
 *  has no digest that could be trusted: the key is then unlike any other. */
char *rdl_origin_detect(const rdl_job *job, const rdl_pair_job *pair, const char *code,
                        GError **error);
char *rdl_origin_mosaic(const rdl_job *job, const char *folder, const char *code, GError **error);
char *rdl_origin_patches(const rdl_job *job, const char *folder, const char *code, GError **error);
char *rdl_origin_screen(const rdl_job *job, const char *folder, const char *code, GError **error);
char *rdl_origin_ledger(const rdl_job *job, const char *folder, const char *code, GError **error);
/** `head`: the ledger's last event. */
char *rdl_origin_deliver(const rdl_job *job, const char *head, const char *code);

#endif
