#include "src/boundary/search_jobs.hpp"

#include <set>

#include <gtest/gtest.h>

#include "src/boundary/search_clips.hpp"
#include "src/errors.hpp"
#include "tests/src/boundary/drive.hpp"

namespace sslslr {
namespace {

class SearchJobsTest : public testing::Test {
protected:
    /// Completes the first `count` wanted jobs, or makes them fail until they are set aside.
    void advance(std::size_t count, bool fails = false) {
        auto wanted = jobs_.wanted(state_);
        for (std::size_t i = 0; i < std::min(count, wanted.size()); ++i) {
            const auto& id = wanted[i].id;
            for (int attempt = 1; attempt <= (fails ? 3 : 1); ++attempt) {
                state_.apply(
                    {{"what", "claim"}, {"job", id}, {"attempt", attempt}, {"worker", 1}, {"life", 1}});
                state_.apply({{"what", fails ? "failed" : "done"},
                              {"job", id},
                              {"attempt", attempt},
                              {"outcome", {{"accuracy", oracle_.of(jobs_.trial_of(id))}}}});
            }
        }
    }

    AssumedAccuracy oracle_{.planted_k1 = 8, .planted_k2 = 4, .rise = 0.1};
    SearchJobs jobs_{{.frames = 16, .step = 4, .repeats = 3}, "identity", true};
    LedgerState state_;
};

TEST_F(SearchJobsTest, ThatAreWantedEndWithTheAnswerAndItsComparisons) {
    std::size_t rounds = 0;
    while (!jobs_.wanted(state_).empty() && ++rounds < 100) {
        advance(1);
    }

    EXPECT_EQ(jobs_.search(Side::start, state_).k, 8);
    EXPECT_EQ(jobs_.search(Side::end, state_).k, 4);
    for (const Trial& trial : {Trial{.k1 = 8, .k2 = 4}, Trial{.kind = Trial::Kind::random},
                               Trial{.kind = Trial::Kind::drawn}, Trial{}}) {
        EXPECT_EQ(state_.of(jobs_.id_of(trial)).status, JobStatus::done) << text_of(trial);
    }
    EXPECT_LE(state_.results(), jobs_.most_jobs());
}

TEST_F(SearchJobsTest, ThatTurnOutUnneededAreWantedNoLonger) {
    const SearchJobs jobs{
        {.frames = 16, .step = 4, .repeats = 3, .mode = SearchMode::tolerant}, "identity", true};
    const auto far = jobs.id_of({.k1 = 16});
    const auto is_wanted = [&] {
        const auto wanted = jobs.wanted(state_);
        return std::ranges::any_of(wanted, [&](const Job& job) { return job.id == far; });
    };
    EXPECT_TRUE(is_wanted()) << "idle workers go ahead";

    for (std::int64_t k = 0; k <= 12; k += 4) {
        for (std::int64_t repeat = 0; repeat < 3; ++repeat) {
            const auto trial = trial_of(Side::start, k, repeat);
            state_.apply({{"what", "done"},
                          {"job", jobs.id_of(trial)},
                          {"attempt", 1},
                          {"outcome", {{"accuracy", oracle_.of(trial)}}}});
        }
    }

    EXPECT_FALSE(is_wanted());
}

TEST_F(SearchJobsTest, TheReferenceIsOneJobForBothSides) {
    EXPECT_EQ(trial_of(Side::start, 0, 1), trial_of(Side::end, 0, 1));
    const auto wanted = jobs_.wanted(state_);
    std::set<std::string> ids;
    for (const auto& job : wanted) {
        ids.insert(job.id);
    }
    EXPECT_EQ(ids.size(), wanted.size());
}

TEST_F(SearchJobsTest, OfOneSideAloneLeaveTheOtherUnpermuted) {
    const SearchJobs start_alone{
        {.frames = 16, .sides = Sides::start, .step = 4, .repeats = 3}, "identity", false};

    for (const auto& job : start_alone.wanted(state_)) {
        EXPECT_EQ(start_alone.trial_of(job.id).k2, 0);
    }
    EXPECT_EQ(start_alone.most_jobs(), 3 * (4 + 2));
    EXPECT_EQ(start_alone.search(Side::end, state_).progress, SideSearch::Progress::answered);
}

TEST_F(SearchJobsTest, AnIdIsThatOfTrialAndIdentity) {
    const SearchJobs other{{.frames = 16, .step = 4, .repeats = 3}, "another identity", true};
    const SearchJobs more_repeats{
        {.frames = 16, .step = 8, .repeats = 9, .mode = SearchMode::strict}, "identity", false};

    EXPECT_NE(jobs_.id_of({}), other.id_of({}));
    EXPECT_NE(jobs_.id_of({}), jobs_.id_of({.repeat = 1}));
    EXPECT_EQ(jobs_.id_of({.k1 = 8}), more_repeats.id_of({.k1 = 8})) << "what is done stays of use";
    EXPECT_THROW(jobs_.trial_of("0123"), ConfigError);
}

TEST_F(SearchJobsTest, AllSetAsideLeavesNothingToDo) {
    for (int round = 0; round < 100 && !jobs_.wanted(state_).empty(); ++round) {
        advance(1, /*fails=*/true);
    }

    EXPECT_TRUE(jobs_.wanted(state_).empty());
    EXPECT_EQ(jobs_.search(Side::start, state_).progress, SideSearch::Progress::stuck);
}

/// 40 clips of two signs, with the named signers in turn.
io::ClipIndex index_of(const std::vector<std::string>& signers) {
    io::ClipIndex index;
    index.label_names = {"hello", "tea", no_sign};
    index.signer_names = signers;
    index.offsets = {0};
    for (std::int64_t clip = 0; clip < 40; ++clip) {
        index.offsets.push_back(index.offsets.back() + 10);
        index.labels.push_back(clip % 10 == 9 ? 2 : clip % 2);
        index.signers.push_back(signers.empty() ? -1 : clip % static_cast<std::int64_t>(signers.size()));
    }
    index.splits["dev"] = {0, 1, 2, 3};
    return index;
}

/// Options of a search with these signers left out, otherwise the defaults.
PlanOptions left_out(const std::vector<std::string>& signers) {
    PlanOptions options;
    options.training.left_out_signers = signers;
    return options;
}

TEST(SearchClips, ValidateByTheSmallestSignerWhereSignersAreKnown) {
    const auto clips = search_clips(index_of({"A", "B", "C"}), left_out({"C"}));

    EXPECT_EQ(clips.how, "signer A");
    EXPECT_EQ(clips.pretrain.size(), 13U);
    for (const auto clip : clips.test) {
        EXPECT_EQ(clip % 3, 0);
    }
    for (const auto clip : clips.pretrain) {
        EXPECT_EQ(clip % 3, 1) << "neither the validation signer nor the one left out for the test";
    }
    EXPECT_LT(clips.train.size(), clips.pretrain.size()) << "clips without a sign only pretrain";
}

TEST(SearchClips, ValidateByAFifthOfEachClassWhereSignersAreUnknown) {
    const auto index = index_of({});
    auto options = left_out({});
    options.training.seed = 5;
    const auto clips = search_clips(index, options);

    EXPECT_EQ(clips.test.size(), 3U + 4U) << "16 and 20 clips";
    EXPECT_EQ(clips.pretrain.size() + clips.test.size(), 40U);
    EXPECT_EQ(clips.test, search_clips(index, options).test);
    options.training.seed = 6;
    EXPECT_NE(clips.test, search_clips(index, options).test);
}

TEST(SearchClips, ValidateByASplitIfOneIsNamed) {
    auto options = left_out({});
    options.validation_split = "dev";
    const auto clips = search_clips(index_of({"A", "B"}), options);
    EXPECT_EQ(clips.test, (std::vector<std::int64_t>{0, 1, 2, 3}));
    EXPECT_EQ(clips.pretrain.size(), 36U);

    options.training.left_out_signers = {"B"};
    EXPECT_EQ(search_clips(index_of({"A", "B"}), options).test, (std::vector<std::int64_t>{0, 2}))
        << "signers that a test is kept for do not validate";
    options.validation_split = "none";
    EXPECT_THROW(search_clips(index_of({"A"}), options), ConfigError);
    options.validation_split = "dev";
    options.training.left_out_signers = {"A", "B"};
    EXPECT_THROW(search_clips(index_of({"A", "B"}), options), ConfigError) << "nobody is left";
    auto everybody = left_out({});
    everybody.validation_signers = {"A", "B"};
    EXPECT_THROW(search_clips(index_of({"A", "B"}), everybody), ConfigError);
}

TEST(SearchClips, OfSignersThatAreLeftOutNeverValidate) {
    for (const std::string split : {"", "dev"}) {
        auto options = left_out({"A"});
        options.validation_split = split;
        options.validation_signers = {"A"};
        EXPECT_THROW(search_clips(index_of({"A", "B", "C"}), options), ConfigError) << split;
    }
}

TEST(SearchClips, OfASplitThatValidatesNeverTrainWhoeverSignsThem) {
    auto index = index_of({"A", "B"});
    for (std::size_t clip = 0; clip < 20; ++clip) {
        index.signers[2 * clip] = -1;  // unknown instead of A
    }
    auto options = left_out({"A"});
    options.validation_split = "dev";
    EXPECT_EQ(search_clips(index, options).test, (std::vector<std::int64_t>{0, 1, 2, 3}));

    options.validation_signers = {"B"};
    const auto clips = search_clips(index, options);

    EXPECT_EQ(clips.test, (std::vector<std::int64_t>{1, 3}));
    EXPECT_EQ(clips.pretrain.front(), 4);
    EXPECT_EQ(clips.train.front(), 4);
}

TEST(SearchClips, AreDrawnWithinTheTrainingSplitOneAtLeastOfEachClassOfTwo) {
    auto index = index_of({});
    index.splits["train"] = {0, 1, 2, 3, 4};
    auto options = left_out({});
    options.training.train_split = "train";

    const auto clips = search_clips(index, options);

    EXPECT_EQ(clips.test.size(), 2U) << "of 3 and 2 clips";
    EXPECT_EQ(clips.train.size(), 3U);
}

TEST(SearchClips, OfASignerThatValidatesStayWithinTheTrainingSplit) {
    auto index = index_of({"A", "B"});
    index.splits["train"] = {0, 1, 2, 3, 4, 5, 6, 7};
    auto options = left_out({});
    options.training.train_split = "train";
    options.validation_signers = {"A"};

    const auto clips = search_clips(index, options);

    EXPECT_EQ(clips.test, (std::vector<std::int64_t>{0, 2, 4, 6})) << "none of another split's test clips";
    EXPECT_EQ(clips.pretrain, (std::vector<std::int64_t>{1, 3, 5, 7}));
}

}  // namespace
}  // namespace sslslr
