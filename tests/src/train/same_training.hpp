#pragma once

#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "src/settings/words.hpp"
#include "tests/src/train/toy_training.hpp"

namespace sslslr::toy {

/// Trains with `settings` on all ranks and, for comparison, on this rank alone with whole batches. Expects
/// the same losses and gradients, and the same final state of the method up to `weight_tolerance` of the
/// distance that the trained weights moved. Collective.
inline void expect_same_training(Settings settings, double weight_tolerance) {
    SCOPED_TRACE(fmt::format("{}, norm {}, {} of {} clips, micro-batch {}", settings.method,
                             word_of(settings.norm), settings.global_batch, settings.clips,
                             settings.trainer.micro_batch));
    Training many{dist::Communicator::world(), settings};
    settings.trainer.micro_batch = 0;
    Training one{dist::Communicator::self(), settings};
    const auto start = weights(*one.method);

    for (int step = 0; step < 10; ++step) {
        const auto report = many.trainer.step();
        const auto expected = one.trainer.step();
        ASSERT_NEAR(report.loss, expected.loss, 1e-10 * std::abs(expected.loss)) << "step " << step;
        if (step < 3) {  // later gradients belong to weights that differ by rounding
            const auto whole = gradient(*one.method);
            const auto difference = (gradient(*many.method) - whole).abs().max().item<double>();
            ASSERT_LE(difference, 1e-10 * whole.abs().max().item<double>()) << "step " << step;
        }
    }

    const auto spread = many.trainer.measure_spread();
    const auto expected = one.trainer.measure_spread();
    EXPECT_NEAR(spread.outputs().raw, expected.outputs().raw, 1e-8);
    EXPECT_NEAR(spread.features.normalised, expected.features.normalised, 1e-8);
    const auto moved = (weights(*one.method) - start).norm().item<double>();
    const auto apart = (state(*many.method) - state(*one.method)).norm().item<double>();
    EXPECT_GT(moved, 1e-3);
    EXPECT_LE(apart, weight_tolerance * moved);
}

}  // namespace sslslr::toy
