#include "runtime/PostReader.h"

#include "runtime/Json.h"
#include "runtime/JsonText.h"
#include "runtime/Unicode.h"

namespace trimod {
namespace {

using nlohmann::json;

// The value of a key, or null if it is absent or null.
json *findValue(json &object, const char *key) {
  auto found = object.find(key);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

Error wrongType(const char *key, const char *expected, const json &found) {
  return Error{std::string("'") + key + "': expected " + expected + ", found " +
               describeJsonType(found)};
}

// Takes the string out of the object.
MaybeError readString(json &object, const char *key, std::string &result) {
  json *value = findValue(object, key);
  if (!value)
    return std::nullopt;
  if (!value->is_string())
    return wrongType(key, "a string", *value);
  result = std::move(value->get_ref<std::string &>());
  return std::nullopt;
}

MaybeError readStrings(json &object, const char *key, std::vector<std::string> &result) {
  json *value = findValue(object, key);
  if (!value)
    return std::nullopt;
  if (!value->is_array())
    return wrongType(key, "an array of strings", *value);
  result.reserve(value->size());
  for (json &element : *value) {
    if (!element.is_string())
      return Error{std::string("'") + key + "' element " + std::to_string(result.size()) +
                   ": expected a string, found " + describeJsonType(element)};
    result.push_back(std::move(element.get_ref<std::string &>()));
  }
  return std::nullopt;
}

MaybeError readId(json &object, std::string &id) {
  const json *value = findValue(object, "id");
  if (!value)
    return std::nullopt;
  if (!value->is_string() && !value->is_number_integer())
    return wrongType("id", "a string or an integer of at most 64 bits", *value);
  id.clear();
  if (value->is_string())
    appendJsonString(value->get_ref<const std::string &>(), id);
  else
    id = value->is_number_unsigned() ? std::to_string(value->get<std::uint64_t>())
                                     : std::to_string(value->get<std::int64_t>());
  return std::nullopt;
}

Error tooManyTokens(const std::string &found) {
  return Error{"expected a post of at most " + std::to_string(kMaxPostTokens) + " tokens, found " +
               found};
}

MaybeError readTokens(json &object, Post &post) {
  if (std::size_t count = object.find("tokens")->size(); count > kMaxPostTokens)
    return tooManyTokens(std::to_string(count));
  std::vector<std::string> tokens;
  if (MaybeError error = readStrings(object, "tokens", tokens))
    return error;
  post.tokens.reserve(tokens.size());
  for (std::string &token : tokens) {
    post.tokens.emplace_back();
    post.tokens.back().text = std::move(token);
  }
  if (findValue(object, "text"))
    post.notes.push_back("text not used: tokens were given");
  return std::nullopt;
}

MaybeError readText(json &object, Post &post) {
  if (!findValue(object, "text"))
    return Error{"expected 'text' or 'tokens', found neither"};
  if (MaybeError error = readString(object, "text", post.text))
    return error;
  post.hasText = true;
  Result<std::vector<Token>> tokens = tokenize(post.text, kMaxPostTokens + 1);
  if (!tokens)
    return tokens.error();
  if (tokens->size() > kMaxPostTokens)
    return tooManyTokens("more");
  post.tokens = std::move(*tokens);
  return std::nullopt;
}

void noteImage(json &object, Post &post) {
  if (findValue(object, "image"))
    post.notes.push_back("image not used: there is no captioner yet, give 'caption' or 'objects'");
}

bool isBlank(std::string_view line) { return line.find_first_not_of(" \t") == line.npos; }

std::string_view trim(std::string_view text) {
  std::size_t begin = text.find_first_not_of(" \t");
  if (begin == text.npos)
    return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// Reports already start with the line that a post starts at; this one is inside.
Error inLine(const Error &error, std::size_t number) {
  return Error{error.message + " in line " + std::to_string(number)};
}

void removeByteOrderMark(std::string_view &line) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (line.substr(0, kMark.size()) == kMark)
    line.remove_prefix(kMark.size());
}

} // namespace

Result<PostFormat> parsePostFormat(std::string_view name) {
  if (name == "jsonl")
    return PostFormat::JsonLines;
  if (name == "conll")
    return PostFormat::Conll;
  return Error{"expected a format 'jsonl' or 'conll', found " + quote(name)};
}

MaybeError parsePost(std::string_view line, Post &post) {
  if (MaybeError error = checkUtf8(line))
    return error;
  Result<json> object = parseJson(line);
  if (!object)
    return object.error();
  if (!object->is_object())
    return Error{std::string("expected an object, found ") + describeJsonType(*object)};
  if (MaybeError error = readId(*object, post.id))
    return error;
  bool hasTokens = findValue(*object, "tokens") != nullptr;
  if (MaybeError error = hasTokens ? readTokens(*object, post) : readText(*object, post))
    return error;
  if (MaybeError error = readString(*object, "caption", post.caption))
    return error;
  if (MaybeError error = readStrings(*object, "objects", post.objects))
    return error;
  noteImage(*object, post);
  return std::nullopt;
}

PostReader::PostReader(LineReader lines, PostFormat format)
    : lines(std::move(lines)), format(format) {}

void parse(PostRecord &record) {
  if (record.json.empty())
    return;
  record.error = parsePost(record.json, record.post);
  record.json.clear();
}

bool PostReader::next(PostRecord &record) {
  if (!read(record))
    return false;
  parse(record);
  return true;
}

bool PostReader::read(PostRecord &record) {
  record = PostRecord();
  return format == PostFormat::JsonLines ? readJson(record) : readConll(record);
}

bool PostReader::nextLine(std::string_view &line, MaybeError &lineError) {
  switch (lines.next(line)) {
  case LineReader::Status::Line:
    break;
  case LineReader::Status::TooLong:
    lineError = LineReader::tooLong();
    line = {};
    break;
  case LineReader::Status::Failed:
    failure = lines.error();
    return false;
  case LineReader::Status::End:
    return false;
  }
  if (lines.lineNumber() == 1)
    removeByteOrderMark(line);
  return true;
}

bool PostReader::readJson(PostRecord &record) {
  std::string_view line;
  while (nextLine(line, record.error)) {
    if (isBlank(line) && !record.error)
      continue;
    record.post.line = lines.lineNumber();
    if (!record.error)
      record.json = line;
    return true;
  }
  return false;
}

bool PostReader::readConllLine(std::string_view line, PostRecord &record) {
  constexpr std::string_view kIdPrefix = "IMGID:", kDocumentStart = "-DOCSTART-";
  bool hasStarted = record.post.line != 0;
  bool hasTabs = line.find('\t') != line.npos;
  if (isBlank(line) || line.substr(0, line.find_first_of("\t ")) == kDocumentStart)
    return hasStarted;
  // With a tab it is a token that looks like an id.
  if (!hasTabs && line.substr(0, kIdPrefix.size()) == kIdPrefix) {
    nextId.clear();
    appendJsonString(trim(line.substr(kIdPrefix.size())), nextId);
    return hasStarted;
  }
  if (!hasStarted) {
    record.post.line = lines.lineNumber();
    firstUntaggedLine = 0;
    if (!nextId.empty())
      record.post.id = std::exchange(nextId, "");
  }
  if (MaybeError error = checkUtf8(line)) {
    if (!record.error)
      record.error = inLine(*error, lines.lineNumber());
    return false;
  }
  if (record.post.tokens.size() == kMaxPostTokens) {
    if (!record.error)
      record.error = tooManyTokens("more");
    return false;
  }
  const char *separator = hasTabs ? "\t" : " ";
  if (!hasTabs)
    line = trim(line);
  std::size_t firstEnd = line.find_first_of(separator);
  record.post.tokens.emplace_back();
  record.post.tokens.back().text = trim(line.substr(0, firstEnd));
  std::string_view tag =
      firstEnd == line.npos ? "" : trim(line.substr(line.find_last_of(separator)));
  if (!tag.empty())
    record.post.goldTags.emplace_back(tag);
  else if (firstUntaggedLine == 0)
    firstUntaggedLine = lines.lineNumber();
  return false;
}

bool PostReader::readConll(PostRecord &record) {
  std::string_view line;
  MaybeError lineError;
  bool isEnded = false;
  while (!isEnded && nextLine(line, lineError)) {
    if (!lineError) {
      isEnded = readConllLine(line, record);
      continue;
    }
    record.error = inLine(*std::exchange(lineError, std::nullopt), lines.lineNumber());
    if (record.post.line == 0)
      record.post.line = lines.lineNumber();
  }
  if (failure || record.post.line == 0)
    return false;
  Post &post = record.post;
  if (!record.error && !post.goldTags.empty() && post.goldTags.size() != post.tokens.size())
    record.error = inLine(Error{"expected a tag in every line of the post or in none, found none"},
                          firstUntaggedLine);
  return true;
}

} // namespace trimod
