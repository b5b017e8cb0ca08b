#include "src/study/stored_plan.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "src/errors.hpp"
#include "src/study/study_file.hpp"
#include "tests/src/study/small_study.hpp"
#include "tests/temporary_folder.hpp"

namespace sslslr {
namespace {

class StoredPlanTest : public test::FolderTest {
protected:
    void write(const nlohmann::json& content) const { std::ofstream{folder_ / "plan.json"} << content; }
};

TEST_F(StoredPlanTest, IsReadAsItWasWritten) {
    const auto plan = plan_experiments(test::small_study(2), test::small_facts(), test::plain_identities());
    ExperimentPlan read;
    EXPECT_FALSE(read_stored_plan(folder_, read));

    write_stored_plan(folder_, {"title = small\n", "a b"}, plan);

    const auto stored = read_stored_plan(folder_, read);
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->text, "title = small\n");
    EXPECT_EQ(stored->code, "a b");
    EXPECT_EQ(nlohmann::json(read), nlohmann::json(plan));
}

TEST_F(StoredPlanTest, OfWordsThatAreNoneIsRefusedAndCountsAsUnreadable) {
    nlohmann::json plan =
        plan_experiments(test::small_study(1), test::small_facts(), test::plain_identities());
    const std::pair<const char*, const char*> places[]{{"/tables/0/spec/layout", "round"},
                                                       {"/evaluations/0/encoder", "trained"}};
    for (const auto& [place, word] : places) {
        auto wrong = plan;
        wrong[nlohmann::json::json_pointer{place}] = word;
        write_stored_plan(folder_, {"", "a"}, wrong);
        ExperimentPlan read;
        EXPECT_THROW(read_stored_plan(folder_, read), io::DataError) << word;
        EXPECT_FALSE(readable_plan(folder_, read)) << word;
    }
}

TEST_F(StoredPlanTest, OfASearchThatKeptItsOptionsBesideItIsRead) {
    write({{"value", 3}, {"code", "a"}});
    std::ofstream{folder_ / "plan.ini"} << "step = 4\n";
    nlohmann::json read;

    const auto stored = read_stored_plan(folder_, read);

    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->text, "step = 4\n");
    EXPECT_EQ(stored->code, "a");
    EXPECT_EQ(read["value"], 3);
    EXPECT_THROW(refuse_older_plan({folder_, "--study s", "another"}, ""), ConfigError);
}

TEST(StoredStudyText, MayHoldOptionsThatWereRemovedSince) {
    const std::string text = R"([data asl9]
data = asl9.h5
[method ours]
method = sl-fpn
symmetrise = true
[augmentation our]
augmentation = boundary
[table 4]
data = asl9
methods = ours
augmentations = our
measure = seconds
)";
    EXPECT_THROW(parse_study(text, "s.ini"), ConfigError);
    EXPECT_EQ(parse_study(text, "s.ini", /*is_stored=*/true).tables.size(), 1U);
}

}  // namespace
}  // namespace sslslr
