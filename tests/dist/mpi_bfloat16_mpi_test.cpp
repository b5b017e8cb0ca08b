#include <limits>

#include <gtest/gtest.h>
#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>
#include <torch/types.h>

#include "dist/communicator.hpp"
#include "dist/group.hpp"
#include "dist/mpi_bfloat16.hpp"

namespace sslslr::dist {
namespace {

constexpr std::int64_t patterns = 1 << 16;

/// Every bfloat16 value, NaNs included, [65536].
at::Tensor all_values() {
    return torch::arange(patterns, at::kInt).to(at::kShort).view(at::kBFloat16);
}

TEST(MpiBFloat16, AddsAndRoundsAsLibTorchDoes) {
    const MpiBFloat16 bfloat16;
    const auto values = all_values();
    torch::manual_seed(5);

    for (int round = 0; round < 20; ++round) {
        const auto terms = values.index_select(0, torch::randperm(patterns));
        const auto expected = terms + values;
        const auto sums = values.clone();
        check(MPI_Reduce_local(terms.data_ptr(), sums.data_ptr(), patterns, bfloat16.type(), bfloat16.sum()),
              "MPI_Reduce_local");

        EXPECT_TRUE(torch::equal(sums.isnan(), expected.isnan()));
        EXPECT_TRUE(torch::equal(sums.nan_to_num(0), expected.nan_to_num(0)));
    }
}

TEST(MpiBFloat16, RoundsTiesToEvenAndOverflowsToInfinity) {
    const MpiBFloat16 bfloat16;
    // Between 256 and 512 the values are 2 apart, so 257 and 259 are half-way.
    const float largest = static_cast<float>(std::numeric_limits<at::BFloat16>::max());
    const auto terms = torch::tensor({1.0F, 1.0F, largest}).to(at::kBFloat16);
    const auto sums = torch::tensor({256.0F, 258.0F, largest}).to(at::kBFloat16);

    check(MPI_Reduce_local(terms.data_ptr(), sums.data_ptr(), 3, bfloat16.type(), bfloat16.sum()),
          "MPI_Reduce_local");

    EXPECT_EQ(sums[0].item<float>(), 256);
    EXPECT_EQ(sums[1].item<float>(), 260);
    EXPECT_EQ(sums[2].item<float>(), std::numeric_limits<float>::infinity());
}

TEST(MpiBFloat16, SumsOfRanksHaveTheSameBitsOnAll) {
    Group group{Communicator::world(), at::kCPU};
    for (const std::int64_t count : {1, 7, 1000, 300'001}) {
        torch::manual_seed(static_cast<std::uint64_t>(group.rank()));
        const auto tensor = torch::randn({count}).to(at::kBFloat16);

        group.all_reduce_sum(tensor);
        const auto of_rank_0 = tensor.clone();
        group.broadcast(of_rank_0);

        EXPECT_TRUE(torch::equal(tensor, of_rank_0)) << count;
    }
}

TEST(MpiBFloat16, IsGatheredByteForByte) {
    Group group{Communicator::world(), at::kCPU};
    const auto values = all_values();
    std::vector<at::Tensor> inputs{values.roll(group.rank())};
    std::vector<std::vector<at::Tensor>> outputs(1);
    for (int rank = 0; rank < group.size(); ++rank) {
        outputs[0].push_back(torch::empty_like(values));
    }

    group.process_group().allgather(outputs, inputs)->wait();

    for (int rank = 0; rank < group.size(); ++rank) {
        EXPECT_TRUE(torch::equal(outputs[0][static_cast<std::size_t>(rank)].view(at::kShort),
                                 values.roll(rank).view(at::kShort)));
    }
}

TEST(MpiBFloat16, OnlyItsSumIsReduced) {
    Group group{Communicator::world(), at::kCPU};
    std::vector<at::Tensor> tensors{torch::ones({2}, at::kBFloat16)};
    c10d::AllreduceOptions options;
    options.reduceOp = c10d::ReduceOp::MAX;

    EXPECT_THROW(group.process_group().allreduce(tensors, options), c10::ValueError);
    group.all_reduce_sum(tensors[0]);

    EXPECT_EQ(tensors[0][0].item<float>(), static_cast<float>(group.size()));
}

}  // namespace
}  // namespace sslslr::dist
