// The basis of training with large batches: every method gives the same result on any number of ranks and
// with micro-batches of any size.
#include <regex>

#include "src/method/registry.hpp"
#include "tests/src/train/same_training.hpp"

namespace sslslr {
namespace {

/// Every method, with even batches and with uneven ones whose last has fewer clips than there are ranks.
class EveryMethod : public testing::TestWithParam<std::string> {
protected:
    void expect_exact(std::int64_t micro_batch, HeadNorm norm = HeadNorm::automatic,
                      RegulariserKind regulariser = RegulariserKind::none, bool balanced = false) {
        for (const auto& [clips, global_batch] : {std::pair{24, 8}, std::pair{23, 10}}) {
            toy::Settings settings{.method = GetParam(),
                                   .norm = norm,
                                   .clips = clips,
                                   .global_batch = global_batch,
                                   .regulariser = regulariser};
            settings.trainer.micro_batch = micro_batch;
            settings.balanced = balanced;
            toy::expect_same_training(settings, 1e-9);
        }
    }
};

TEST_P(EveryMethod, OnAnyNumberOfRanksEqualsOneRank) {
    expect_exact(0);
}

TEST_P(EveryMethod, InMicroBatchesEqualsTheWholeBatch) {
    expect_exact(1);
    expect_exact(3);
}

TEST_P(EveryMethod, WithBatchNormInItsHeadsIsExactToo) {
    expect_exact(0, HeadNorm::all);
    expect_exact(3, HeadNorm::all);
}

TEST_P(EveryMethod, WithoutBatchNormIsExactToo) {
    expect_exact(0, HeadNorm::none);
    expect_exact(3, HeadNorm::none);
}

TEST_P(EveryMethod, WithAllInputsOfTheEncoderIsExactToo) {
    using enum InputPart;
    for (const std::int64_t micro_batch : {0, 3}) {
        toy::Settings settings{.method = GetParam(),
                               .inputs = {positions, velocities, bones, hands, validity},
                               .layout = toy::whole_layout()};
        settings.trainer.micro_batch = micro_batch;
        toy::expect_same_training(settings, 1e-9);
    }
}

TEST_P(EveryMethod, WithARegulariserOfItsProjectionsIsExactToo) {
    for (const auto regulariser : {RegulariserKind::sigreg, RegulariserKind::vicreg}) {
        expect_exact(0, HeadNorm::none, regulariser);
        expect_exact(3, HeadNorm::none, regulariser);
    }
}

TEST_P(EveryMethod, WithClipsThatABatchHoldsSeveralTimesIsExactToo) {
    expect_exact(0, HeadNorm::automatic, RegulariserKind::none, /*balanced=*/true);
    expect_exact(3, HeadNorm::automatic, RegulariserKind::none, /*balanced=*/true);
}

INSTANTIATE_TEST_SUITE_P(Methods, EveryMethod, testing::ValuesIn(method_names()), [](const auto& name) {
    return std::regex_replace(name.param, std::regex{"-"}, "");
});

}  // namespace
}  // namespace sslslr
