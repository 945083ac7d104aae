#include "runtime/Captions.h"

#include "runtime/JsonText.h"
#include "runtime/Unicode.h"

namespace trimod {
namespace {

MaybeError readCaption(std::string_view line, std::string &id, std::string &caption) {
  if (MaybeError error = checkUtf8(line))
    return error;
  std::size_t tab = line.find('\t');
  if (tab == 0 || tab == line.npos)
    return Error{"expected an id, a tab and a caption, found " + quote(line)};
  appendJsonString(line.substr(0, tab), id);
  caption = line.substr(tab + 1);
  return std::nullopt;
}

} // namespace

Result<Captions> Captions::read(LineReader lines, std::vector<std::string> &complaints) {
  Captions captions;
  std::string_view line;
  for (;;) {
    LineReader::Status status = lines.next(line);
    if (status == LineReader::Status::End)
      return captions;
    if (status == LineReader::Status::Failed)
      return lines.error();
    if (line.empty() && status == LineReader::Status::Line)
      continue;
    std::string id, caption;
    MaybeError error = status == LineReader::Status::TooLong ? MaybeError(LineReader::tooLong())
                                                             : readCaption(line, id, caption);
    if (error)
      complaints.push_back(
          error->in(lines.name() + ": line " + std::to_string(lines.lineNumber())).message);
    else
      captions.captionOf.emplace(std::move(id), std::move(caption));
  }
}

void Captions::addTo(Post &post) const {
  if (!post.caption.empty())
    return;
  bool isString = post.id.front() == '"';
  auto found = captionOf.find(isString ? post.id : '"' + post.id + '"');
  if (found != captionOf.end())
    post.caption = found->second;
}

} // namespace trimod
