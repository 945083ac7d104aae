#include "Posts.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

#include <cmath>

using namespace trimod;
using namespace trimod::test;

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

static uint16_t toHalf(float value) {
  llvm::APFloat number(value);
  bool losesInfo;
  number.convert(llvm::APFloat::IEEEhalf(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return static_cast<uint16_t>(number.bitcastToAPInt().getZExtValue());
}

static float fromHalf(uint16_t bits) {
  return llvm::APFloat(llvm::APFloat::IEEEhalf(), llvm::APInt(16, bits)).convertToFloat();
}

static const char *getTypeName(trimod_dtype dtype) {
  return dtype == TRIMOD_F32 ? "F32" : dtype == TRIMOD_F16 ? "F16" : "I8";
}

std::vector<float> Weights::getFloats(const std::string &key) const {
  const Array &array = values.at(key);
  auto named = [&](const NamedTensor &tensor) { return tensor.name == key; };
  const trimod_dtype dtype = llvm::find_if(tensors, named)->tensor.dtype;
  if (dtype == TRIMOD_F32)
    return array.get<float>();
  std::vector<float> floats;
  if (dtype == TRIMOD_F16) {
    for (uint16_t bits : array.get<uint16_t>())
      floats.push_back(fromHalf(bits));
    return floats;
  }
  const std::vector<float> scales = values.at(key + ".scale").get<float>();
  for (auto [i, element] : llvm::enumerate(array.get<int8_t>()))
    floats.push_back(static_cast<float>(double(element) * scales[i / array.shape[1]]));
  return floats;
}

void Weights::quantizeRows(const std::string &key) {
  const std::vector<float> floats = getFloats(key);
  const std::vector<int64_t> shape = values.at(key).shape;
  std::vector<int8_t> elements(floats.size(), 0);
  std::vector<float> scales(shape[0], 0);
  for (int64_t row = 1; row < shape[0]; ++row) {
    const float *numbers = &floats[row * shape[1]];
    double largest = 0;
    for (int64_t column = 0; column < shape[1]; ++column)
      largest = std::max(largest, std::abs(double(numbers[column])));
    scales[row] = static_cast<float>(largest / 127);
    for (int64_t column = 0; column < shape[1]; ++column)
      elements[row * shape[1] + column] =
          static_cast<int8_t>(std::lround(numbers[column] / double(scales[row])));
  }
  values[key] = Array::of(shape, elements);
  values[key + ".scale"] = Array::of({shape[0]}, scales);
  llvm::find_if(tensors, [&](const NamedTensor &tensor) {
    return tensor.name == key;
  })->tensor.dtype = TRIMOD_I8;
  tensors.push_back({key + ".scale", {TRIMOD_F32, {shape[0]}}});
}

void Weights::write(const std::string &path) const {
  llvm::json::Object header;
  std::string data;
  for (const NamedTensor &tensor : tensors) {
    const Array &array = values.at(tensor.name);
    size_t begin = data.size();
    data.append(array.bytes.data(), array.bytes.size());
    header[tensor.name] =
        llvm::json::Object{{"dtype", getTypeName(tensor.tensor.dtype)},
                           {"shape", llvm::json::Array(array.shape)},
                           {"data_offsets", llvm::json::Array{begin, data.size()}}};
  }
  std::string text;
  llvm::raw_string_ostream(text) << llvm::json::Value(std::move(header));
  uint64_t length = text.size();
  std::error_code error;
  llvm::raw_fd_ostream file(path, error);
  ASSERT_FALSE(error) << path << ": " << error.message();
  file.write(reinterpret_cast<const char *>(&length), sizeof(length));
  file << text << data;
}

/// How far values of a parameter are from 0.
static float scaleOf(const std::string &key) {
  bool isScore = key.rfind("crf.", 0) == 0 || key == "fusion.u";
  return isScore ? 3.0f : 0.3f;
}

Weights trimod::test::randomWeights(
    llvm::StringRef modelText, Random &random,
    const std::function<std::vector<int64_t>(const std::string &key)> &sizeOf) {
  Weights weights;
  for (NamedTensor tensor : readParameters(modelText)) {
    if (llvm::is_contained(tensor.tensor.shape, -1))
      tensor.tensor.shape = sizeOf(tensor.name);
    size_t count = 1;
    for (int64_t size : tensor.tensor.shape)
      count *= size;
    std::normal_distribution<float> normal(0, scaleOf(tensor.name));
    std::vector<float> floats(count);
    for (float &value : floats)
      value = normal(random);
    weights.values[tensor.name] = Array::of(tensor.tensor.shape, floats);
    if (tensor.tensor.dtype == TRIMOD_F16) {
      std::vector<uint16_t> halves(count);
      llvm::transform(floats, halves.begin(), toHalf);
      weights.values[tensor.name] = Array::of(tensor.tensor.shape, halves);
    }
    weights.tensors.push_back(tensor);
  }
  return weights;
}

//===----------------------------------------------------------------------===//
// Posts
//===----------------------------------------------------------------------===//

static size_t randomCount(size_t most, Random &random) {
  return std::uniform_int_distribution<size_t>(0, most)(random);
}

static std::vector<int32_t> randomIds(size_t most, int64_t rows, Random &random) {
  std::vector<int32_t> ids(randomCount(most, random));
  for (int32_t &id : ids)
    id = static_cast<int32_t>(randomCount(rows - 1, random));
  return ids;
}

std::vector<Post> trimod::test::randomPosts(size_t count, Random &random) {
  std::vector<Post> posts(count);
  for (Post &post : posts) {
    post.words = randomIds(8, kVocabulary, random);
    for (size_t i = 0; i < post.words.size(); ++i)
      post.chars.push_back(randomIds(8, kAlphabet, random));
    post.visual = randomIds(3, kVocabulary, random);
    post.hashtags.resize(randomCount(2, random));
    for (std::vector<int32_t> &hashtag : post.hashtags)
      hashtag = randomIds(3, kVocabulary, random);
  }
  return posts;
}

//===----------------------------------------------------------------------===//
// Runs
//===----------------------------------------------------------------------===//

namespace {

/// Inputs of a batch as they are collected post by post.
class BatchBuilder {
public:
  void add(const Post &post) {
    append(words, post.words);
    for (const std::vector<int32_t> &word : post.chars) {
      append(chars, word);
      charItems.push_back(chars.size());
    }
    append(visual, post.visual);
    for (const std::vector<int32_t> &hashtag : post.hashtags) {
      append(hashtags, hashtag);
      hashtagItems.push_back(hashtags.size());
    }
    tokenOffsets.push_back(words.size());
    visualOffsets.push_back(visual.size());
    hashtagOffsets.push_back(hashtagItems.size() - 1);
  }

  /// What a program of one post takes is what a batch takes without the offsets of posts.
  void addTo(Arrays &values) const {
    values["words"] = toArray(words);
    values["tokens.offsets"] = toArray(tokenOffsets);
    values["chars"] = toArray(chars);
    values["chars.item_offsets"] = toArray(charItems);
    values["visual"] = toArray(visual);
    values["visual.offsets"] = toArray(visualOffsets);
    values["hashtags"] = toArray(hashtags);
    values["hashtags.item_offsets"] = toArray(hashtagItems);
    values["hashtags.offsets"] = toArray(hashtagOffsets);
  }

  int64_t tokenCount() const { return words.size(); }
  int64_t postCount() const { return tokenOffsets.size() - 1; }
  int64_t firstToken(size_t post) const { return tokenOffsets[post]; }

private:
  static void append(std::vector<int32_t> &to, const std::vector<int32_t> &from) {
    to.insert(to.end(), from.begin(), from.end());
  }
  template <typename T>
  static Array toArray(const std::vector<T> &values) {
    return Array::of({static_cast<int64_t>(values.size())}, values);
  }

  std::vector<int32_t> words, chars, visual, hashtags;
  std::vector<int64_t> tokenOffsets{0}, charItems{0}, visualOffsets{0}, hashtagItems{0},
      hashtagOffsets{0};
};

} // namespace

static std::vector<PostResult> run(const Program &program, Arrays values,
                                   const BatchBuilder &batch) {
  batch.addTo(values);
  int64_t tokens = batch.tokenCount();
  Arrays found = program.call(
      values, {{"labels", tokens}, {"emissions", tokens}, {"score", batch.postCount()}});
  std::vector<int32_t> labels = found["labels"].get<int32_t>();
  std::vector<float> emissions = found["emissions"].get<float>();
  std::vector<PostResult> results;
  for (int64_t post = 0; post < batch.postCount(); ++post) {
    int64_t begin = batch.firstToken(post), end = batch.firstToken(post + 1);
    results.push_back(
        {{labels.begin() + begin, labels.begin() + end},
         {emissions.begin() + kLabelCount * begin, emissions.begin() + kLabelCount * end},
         found["score"].get<float>().at(post)});
  }
  return results;
}

std::vector<PostResult> trimod::test::runOneByOne(const Program &program, const Arrays &parameters,
                                                  const std::vector<Post> &posts) {
  std::vector<PostResult> results;
  for (const Post &post : posts) {
    BatchBuilder batch;
    batch.add(post);
    results.push_back(run(program, parameters, batch).at(0));
  }
  return results;
}

std::vector<PostResult> trimod::test::runAsBatch(const Program &program, const Arrays &parameters,
                                                 const std::vector<Post> &posts,
                                                 const std::vector<size_t> &numbers) {
  BatchBuilder batch;
  for (size_t number : numbers)
    batch.add(posts.at(number));
  return run(program, parameters, batch);
}

std::vector<PostResult> trimod::test::runInBatches(const Program &program, const Arrays &parameters,
                                                   const std::vector<Post> &posts, size_t size,
                                                   Random &random) {
  std::vector<size_t> order(posts.size());
  for (size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  std::shuffle(order.begin(), order.end(), random);
  std::vector<PostResult> results(posts.size());
  for (size_t first = 0; first < order.size(); first += size) {
    std::vector<size_t> numbers(order.begin() + first,
                                order.begin() + std::min(first + size, order.size()));
    std::vector<PostResult> found = runAsBatch(program, parameters, posts, numbers);
    for (size_t i = 0; i < numbers.size(); ++i)
      results[numbers[i]] = found[i];
  }
  return results;
}
