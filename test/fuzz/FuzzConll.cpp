// CoNLL in, CoNLL out, and in again: the same posts. Whatever the tags, an evaluation counts them.
// The same bytes as captions: lines are read or complained of.

#include "Check.h"
#include "runtime/Captions.h"
#include "runtime/Evaluation.h"
#include "runtime/PostReader.h"
#include "runtime/PostWriter.h"

#include <algorithm>

using namespace trimod;
using namespace trimod::test;

namespace {

// The one token that the format cannot say: indented it is a token, written it is a mark.
bool hasDocumentStart(const Post &post) {
  return std::any_of(post.tokens.begin(), post.tokens.end(),
                     [](const Token &token) { return token.text == "-DOCSTART-"; });
}

std::vector<Post> readGoodPosts(std::string_view text) {
  PostReader reader(LineReader(text), PostFormat::Conll);
  std::vector<Post> posts;
  for (PostRecord record; reader.next(record);) {
    if (record.error)
      check(record.error->message.find('\n') == std::string::npos, "an error is one line");
    else if (!hasDocumentStart(record.post))
      posts.push_back(record.post);
  }
  check(!reader.readError(), "text in memory can be read");
  return posts;
}

void checkEvaluation(const std::vector<Post> &posts) {
  constexpr std::string_view kTags[] = {"B-PER", "I-PER", "O", "I-LOC"};
  Evaluation evaluation({"O", "B-PER", "I-PER", "B-LOC", "I-LOC"});
  for (const Post &post : posts) {
    std::vector<std::string_view> tags;
    for (std::size_t i = 0; i < post.tokens.size(); ++i)
      tags.push_back(kTags[(i + post.line) % 4]);
    if (evaluation.check(post, ""))
      evaluation.leaveOut();
    else
      evaluation.add(post, tags);
  }
  const EntityCounts &counts = evaluation.total();
  check(counts.right <= counts.gold && counts.right <= counts.found, "what is right is found");
  if (MaybeError error = evaluation.failure())
    check(error->message.find('\n') == std::string::npos, "a failure is one line");
  check(evaluation.json().find('\n') == evaluation.json().size() - 1, "figures are one line");
}

void checkCaptions(std::string_view text) {
  std::vector<std::string> complaints;
  Result<Captions> captions = Captions::read(LineReader(text), complaints);
  check(bool(captions), "captions in memory can be read");
  for (const std::string &complaint : complaints)
    check(complaint.find('\n') == std::string::npos, "a complaint is one line");
  Post post;
  captions->addTo(post);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char *>(data), size);
  checkCaptions(text);
  std::vector<Post> posts = readGoodPosts(text);
  checkEvaluation(posts);
  std::string written;
  for (const Post &post : posts) {
    PostTags result;
    result.tags.assign(post.tokens.size(), "O");
    appendTagsConll(post, result, written);
  }
  std::vector<Post> again = readGoodPosts(written);
  check(again.size() == posts.size(), "as many posts come back");
  for (std::size_t i = 0; i < posts.size(); ++i)
    check(again[i].tokens.size() == posts[i].tokens.size(), "as many tokens come back");
  return 0;
}
