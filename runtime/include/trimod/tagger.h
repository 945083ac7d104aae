/* Tagging from a program: posts in as JSON Lines, results out as JSON Lines.
 *
 * Link the runtime and a compiled model, then:
 *
 *   char error[256];
 *   const trimod_model *model = trimod_query(TRIMOD_ABI_VERSION);
 *   trimod_tagger *tagger = trimod_tagger_create(model, NULL, 0, error, sizeof error);
 *   trimod_tagger_run(tagger, lines, size, write, context, error, sizeof error);
 *   trimod_tagger_destroy(tagger);
 *
 * Threads are the caller's: a tagger starts none and serves one at a time, and any number of
 * taggers may run at once. Make one, and a copy for each further thread of a pool; cut the input at
 * line ends, and the results are the same bytes however it is cut. After the first calls a tagger
 * keeps its memory, which grows with the largest batch that it has seen.
 *
 * Errors are one line of text, cut to the size of the buffer, which is always terminated; `error`
 * may be null if `error_size` is 0.
 */
#ifndef TRIMOD_TAGGER_H
#define TRIMOD_TAGGER_H

#include "trimod/runtime.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct trimod_tagger trimod_tagger;

/* Takes results: `size` bytes of whole lines, valid during the call only. Non-zero stops the run.
 */
typedef int (*trimod_write)(void *context, const char *bytes, size_t size);

/* A tagger for this model, which must outlive it. `weights` are the paths of safetensors files,
 * none if the weights are embedded. Null, and a text in `error`, if the model cannot be used. */
trimod_tagger *trimod_tagger_create(const trimod_model *model, const char *const *weights,
                                    size_t weight_count, char *error, size_t error_size);

/* Another tagger of the same model, for another thread. It shares the weights, also those that were
 * read from files, and neither need outlive the other. `tagger` must not run meanwhile. Null if
 * there is no memory. */
trimod_tagger *trimod_tagger_copy(const trimod_tagger *tagger);

/* Tags the posts of a buffer of JSON Lines, and hands on one line a post, in order; a bad line
 * becomes an error record. 0, or non-zero and a text in `error` if the run failed as a whole or
 * `write` stopped it. */
int trimod_tagger_run(trimod_tagger *tagger, const char *lines, size_t size, trimod_write write,
                      void *context, char *error, size_t error_size);

/* Null is allowed. */
void trimod_tagger_destroy(trimod_tagger *tagger);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* TRIMOD_TAGGER_H */
