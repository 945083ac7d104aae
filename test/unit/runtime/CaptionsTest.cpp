#include "runtime/Captions.h"

#include <gtest/gtest.h>

using namespace trimod;

namespace {

std::string captionOf(const Captions &captions, const std::string &id, std::string own = "") {
  Post post;
  post.id = id;
  post.caption = std::move(own);
  captions.addTo(post);
  return post.caption;
}

TEST(Captions, AreFoundByTheIdOfThePost) {
  std::vector<std::string> complaints;
  Result<Captions> captions =
      Captions::read(LineReader("7\ta red car\r\n\nx\\y\ta\tb\n7\tanother\n"), complaints);
  ASSERT_TRUE(bool(captions));
  EXPECT_EQ(complaints, std::vector<std::string>{});
  EXPECT_EQ(captionOf(*captions, "\"7\""), "a red car");
  EXPECT_EQ(captionOf(*captions, "7"), "a red car");
  EXPECT_EQ(captionOf(*captions, "\"x\\\\y\""), "a\tb");
  EXPECT_EQ(captionOf(*captions, "\"8\""), "");
  EXPECT_EQ(captionOf(*captions, "null"), "");
  EXPECT_EQ(captionOf(*captions, "7", "its own"), "its own");
}

TEST(Captions, NameTheLinesThatTheyLeaveOut) {
  std::vector<std::string> complaints;
  std::string text = "no tab\n\tno id\n1\t\xff\n2\tgood\n" +
                     std::string(LineReader::kMaxLineBytes + 1, 'x') + "\n3\tlast";
  Result<Captions> captions = Captions::read(LineReader(text), complaints);
  ASSERT_TRUE(bool(captions));
  EXPECT_EQ(complaints, (std::vector<std::string>{
                            ": line 1: expected an id, a tab and a caption, found 'no tab'",
                            ": line 2: expected an id, a tab and a caption, found ' no id'",
                            ": line 3: expected UTF-8, found an invalid sequence at byte 2",
                            ": line 5: expected a line of at most 8 MiB, found a longer one",
                        }));
  EXPECT_EQ(captionOf(*captions, "2"), "good");
  EXPECT_EQ(captionOf(*captions, "3"), "last");
}

} // namespace
