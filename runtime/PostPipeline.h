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

  // Tags posts and appends the results; `source` names their file in error records, and is empty if
  // there is only one. A post that the model cannot tag becomes an error like one that could not be
  // read. CoNLL has only comments for errors, which its readers skip, and an evaluation has no
  // place for them: there they are also appended to `complaints`.
  void process(std::vector<PostRecord> &records, std::string_view source, std::string &output,
               std::vector<std::string> &complaints);

  std::size_t postCount() const { return posts; }
  std::size_t errorCount() const { return errors; }

private:
  // Where results go.
  struct Target {
    std::string_view source;
    std::string &output;
    std::vector<std::string> &complaints;
  };

  void processBatch(PostRecord *begin, PostRecord *end, const Target &target);
  MaybeError tagGood();
  void appendError(const PostRecord &record, const Target &target) const;
  void appendResult(std::size_t index, std::string &output) const;

  FeatureExtractor &extractor;
  Tagger *tagger;
  PipelineOptions options;
  std::size_t posts = 0, errors = 0;

  // Of the posts of a batch that have no error; kept, so that their memory is used again.
  std::vector<const Post *> good;
  std::vector<PostFeatures> features;
  std::vector<TaggerInput> inputs;
  std::vector<PostTags> tags; // if there is a tagger
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_POSTPIPELINE_H
