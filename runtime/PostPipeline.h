// Records in, lines of results out, in the same order.
#ifndef TRIMOD_RUNTIME_POSTPIPELINE_H
#define TRIMOD_RUNTIME_POSTPIPELINE_H

#include "runtime/Evaluation.h"
#include "runtime/FeatureExtractor.h"
#include "runtime/PostReader.h"
#include "runtime/PostWriter.h"
#include "runtime/Tagger.h"

#include <string>
#include <string_view>
#include <vector>

namespace trimod {

struct PipelineOptions {
  bool explains = false;
  PostFormat outputFormat = PostFormat::JsonLines;
  std::size_t batchSize = 32;
  Evaluation *evaluation = nullptr; // counts the results, which then are not written
};

class PostPipeline {
public:
  // Without a tagger, results are the features of the posts.
  PostPipeline(FeatureExtractor &extractor, Tagger *tagger, const PipelineOptions &options);

  // `source` names the file in error records; empty if there is only one.
  void add(PostRecord record, std::string_view source);

  // Enough posts for a batch wait, or enough tokens: a few very long posts make a batch of their
  // own.
  bool isFull() const;

  // Tags what waits and appends the results. A post that the model cannot tag becomes an error like
  // one that could not be read. CoNLL has only comments for errors, which its readers skip, and an
  // evaluation has no place for them: there they are also appended to `complaints`.
  void flush(std::string &output, std::vector<std::string> &complaints);

  std::size_t postCount() const { return posts; }
  std::size_t errorCount() const { return errors; }

private:
  struct Waiting {
    PostRecord record;
    PostFeatures features;
    PostTags tags; // if there is a tagger
    std::string source;
  };

  MaybeError process(const std::vector<Waiting *> &entries);
  void appendError(const Waiting &entry, std::string &output,
                   std::vector<std::string> &complaints) const;
  void appendResult(const Waiting &entry, std::string &output) const;

  FeatureExtractor &extractor;
  Tagger *tagger;
  PipelineOptions options;
  std::vector<Waiting> waiting;
  std::size_t waitingTokens = 0;
  std::size_t posts = 0, errors = 0;
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_POSTPIPELINE_H
