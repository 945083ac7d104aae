// CoNLL in, CoNLL out, and in again: the same posts.

#include "Check.h"
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

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  std::vector<Post> posts =
      readGoodPosts(std::string_view(reinterpret_cast<const char *>(data), size));
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
