/* tests/hostile/hostile.h - redline on files that nobody should have given it. */
#ifndef RDL_TESTS_HOSTILE_H
#define RDL_TESTS_HOSTILE_H

#include "suite.h"

/** Run the program in a fresh folder of its own (argv without the program's name, NULL-ended) and
 *  check what must hold for any input whatever: it ends within 60 s (300 s under a sanitizer), by
 *  itself and with status 0, 2, 3 or 6 only (5 where it says how much memory is missing); with 0
 * `output` is there (NULL: it makes none); else a message names `culprit`, a part of the file's
 * name, and nothing is left in the folder, half written or whole. Returns the status, -1 when that
 * does not hold. */
int hostile_run(const char *culprit, const char *output, const char *const *argv);
/** As hostile_run() and the status must be `status` and the message contain `part`. */
void hostile_refused(int status, const char *part, const char *culprit, const char *const *argv);

#define HOSTILE(...) ((const char *const[]){__VA_ARGS__, NULL})

#endif
