//===- TaggerSession.cpp - a compiled tagger in this process ---------------===//

#include "tools/bench/TaggerSession.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;
using namespace trimod;
using namespace trimod::bench;

Expected<std::unique_ptr<Posts>> trimod::bench::readPosts(const std::string &path) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> file = MemoryBuffer::getFile(path);
  if (!file)
    return createStringError("cannot read posts '" + path + "': " + file.getError().message());
  auto posts = std::make_unique<Posts>();
  posts->text = (*file)->getBuffer().rtrim().str() + "\n";
  SmallVector<StringRef> lines;
  StringRef(posts->text).split(lines, '\n', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  posts->lines.assign(lines.begin(), lines.end());
  if (posts->lines.empty())
    return createStringError("'" + path + "': expected posts as lines of JSON, found none");
  return posts;
}

Expected<std::unique_ptr<TaggerSession>> TaggerSession::open(const std::string &path) {
  Result<Artefact> artefact = Artefact::open(path);
  if (!artefact)
    return createStringError(artefact.error().message);
  std::unique_ptr<TaggerSession> session(
      new TaggerSession(std::make_shared<Artefact>(std::move(*artefact))));
  char error[512] = "";
  session->tagger.reset(trimod_tagger_create(&session->model(), nullptr, 0, error, sizeof error));
  if (!session->tagger)
    return createStringError("'" + path + "': " + error);
  return session;
}

Expected<std::unique_ptr<TaggerSession>> TaggerSession::copy() const {
  std::unique_ptr<TaggerSession> session(new TaggerSession(artefact));
  session->tagger.reset(trimod_tagger_copy(tagger.get()));
  if (!session->tagger)
    return createStringError("no memory for another tagger");
  return session;
}

static int append(void *context, const char *bytes, size_t size) {
  static_cast<std::string *>(context)->append(bytes, size);
  return 0;
}

llvm::Error TaggerSession::run(StringRef lines) {
  written.clear();
  char error[512] = "";
  if (trimod_tagger_run(tagger.get(), lines.data(), lines.size(), append, &written, error,
                        sizeof error) == 0)
    return llvm::Error::success();
  return createStringError(std::string("tagging failed: ") + error);
}
