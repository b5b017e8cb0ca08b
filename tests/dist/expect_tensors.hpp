#pragma once

#include <vector>

#include <gtest/gtest.h>
#include <torch/types.h>

#include "dist/group.hpp"

namespace sslslr::dist {

/// Expects every tensor to have the same bits on all ranks. Collective.
inline void expect_alike_on_ranks(const std::vector<at::Tensor>& tensors, Group& group) {
    for (std::size_t index = 0; index < tensors.size(); ++index) {
        const auto of_rank_0 = tensors[index].clone();
        group.broadcast(of_rank_0);
        EXPECT_TRUE(torch::equal(tensors[index], of_rank_0)) << "tensor " << index;
    }
}

/// Expects tensors to agree within `tolerance` of the largest value of each.
inline void expect_close(const std::vector<at::Tensor>& actual, const std::vector<at::Tensor>& expected,
                         double tolerance) {
    ASSERT_EQ(actual.size(), expected.size());
    for (std::size_t index = 0; index < actual.size(); ++index) {
        const auto error = (actual[index] - expected[index]).abs().max().item<double>();
        EXPECT_LE(error, tolerance * expected[index].abs().max().item<double>()) << "tensor " << index;
    }
}

}  // namespace sslslr::dist
