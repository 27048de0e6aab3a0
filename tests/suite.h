/* tests/suite.h - a CUnit suite as a table of sentences, and assertions that print both sides. */
#ifndef RDL_TESTS_SUITE_H
#define RDL_TESTS_SUITE_H

#include <CUnit/CUnit.h>
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/** Run the table (all of it, or the sentences named in argv), print CUnit's summary. Returns the
 *  exit status: 1 when a test failed or none ran; 77 (skipped) when the suite called
 *  suite_skip(). */
int run_suite(const char *name, CU_TestInfo *tests, int argc, char **argv);

/** Random numbers with a printed seed ($REDLINE_SEED sets it). */
GRand *suite_rand(void);
/** A fresh folder for this suite's files, removed at its end. */
const char *suite_folder(void);
/** A path inside that folder; freed at the suite's end. */
const char *suite_path(const char *name);
/** A path inside the source tree's tests/ or data/; freed at the suite's end. */
const char *suite_source(const char *relative);
/** A path in the folder of shared real data beside the project, NULL (with a printed line) where
 *  it is not there. */
const char *suite_shared(const char *relative);

#define CHECK(condition) suite_check((condition), #condition, __FILE__, __LINE__)
#define CHECK_INT(got, want) suite_check_int((gint64)(got), (gint64)(want), #got, __FILE__, __LINE__)
#define CHECK_NEAR(got, want, tolerance) \
    suite_check_near((got), (want), (tolerance), #got, __FILE__, __LINE__)
#define CHECK_TEXT(got, want) suite_check_text((got), (want), #got, __FILE__, __LINE__)
/** No error: prints the message otherwise, and clears it. */
#define CHECK_OK(error) suite_check_ok(&(error), __FILE__, __LINE__)
/** An error of that RDL_ERROR code whose message contains `part`; cleared. */
#define CHECK_FAILS(error, code, part) \
    suite_check_fails(&(error), (int)(code), (part), __FILE__, __LINE__)
#define CHECK_SAME_FILE(a, b) suite_check_same_file((a), (b), __FILE__, __LINE__)

bool suite_check(bool good, const char *what, const char *file, int line);
bool suite_check_int(gint64 got, gint64 want, const char *what, const char *file, int line);
bool suite_check_near(double got, double want, double tolerance, const char *what,
                      const char *file, int line);
bool suite_check_text(const char *got, const char *want, const char *what, const char *file,
                      int line);
bool suite_check_ok(GError **error, const char *file, int line);
bool suite_check_fails(GError **error, int code, const char *part, const char *file, int line);
bool suite_check_same_file(const char *a, const char *b, const char *file, int line);

#endif
