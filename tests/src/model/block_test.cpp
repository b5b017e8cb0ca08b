// The block's kernels compared with LibTorch's operations: values and all gradients.
#include "src/model/block.hpp"

#include <gtest/gtest.h>
#include <torch/autograd.h>

#include "src/model/precision.hpp"
#include "tests/src/golden/golden.hpp"

namespace sslslr {
namespace {

constexpr double probability = 0.3;  // of the dropout

/// A block, tokens of clips of the given lengths, and the settings of a pass.
struct Case {
    Case(std::int64_t width, std::int64_t heads, const std::vector<std::int64_t>& lengths, torch::Dtype type)
        : block{EncoderConfig{.width = width, .heads = heads, .dropout = probability}, 2},
          pass{.heads = heads} {
        PackedClips clips{{}, {0}, {}, {}};
        for (const auto length : lengths) {
            clips.offsets.push_back(clips.offsets.back() + length);
            clips.ids.push_back(clips.clips() + 100);
            clips.views.push_back(0);
        }
        pass.layout = std::make_shared<const SequenceLayout>(clips, 3);
        pass.dropout = probability;
        pass.layer = 2;
        block->to(type);
        x = torch::randn({pass.layout->starts.back(), width}, type).requires_grad_();
    }

    torch::Tensor fused() const { return fused_block(x, block->weights(), pass); }
    torch::Tensor composed() { return block->composed(x, *pass.layout, 0, pass.cls_only); }

    /// The result, followed by the gradients of tokens and weights for a random gradient of the result.
    std::vector<torch::Tensor> everything(const torch::Tensor& result) const {
        torch::manual_seed(5);
        const auto gradient = torch::randn(result.sizes(), result.options());
        std::vector<torch::Tensor> inputs{x};
        for (const auto& weight : block->weights()) {
            inputs.push_back(weight);
        }
        auto all = torch::autograd::grad({result}, inputs, {gradient});
        all.insert(all.begin(), result.detach());
        return all;
    }

    /// The largest relative difference between the fused and the composed block.
    double apart() {
        const auto found = everything(fused());
        const auto expected = everything(composed());
        double most = 0;
        for (std::size_t i = 0; i < found.size(); ++i) {
            most = std::max(most, golden::relative_difference(expected[i], found[i]));
        }
        return most;
    }

    Block block;
    BlockPass pass;
    torch::Tensor x;
};

class BlockTest : public testing::TestWithParam<Processor> {
protected:
    void SetUp() override { torch::manual_seed(7); }

    /// Compares both for widths that fill vector registers and others, for short, even and long clips, and
    /// for all tokens or only the CLS row.
    void expect_alike(torch::Dtype type, double tolerance) {
        const std::vector<std::int64_t> mixed{5, 1, 12, 5, 33};
        const std::vector<std::tuple<std::int64_t, std::int64_t, std::vector<std::int64_t>>> shapes{
            {16, 4, mixed}, {20, 2, mixed}, {64, 8, {64, 64}}, {128, 2, {64, 63}}, {32, 2, {200, 7}}};
        for (const auto& [width, heads, lengths] : shapes) {
            for (const bool cls_only : {false, true}) {
                Case on{width, heads, lengths, type};
                on.pass.cls_only = cls_only;
                on.pass.kernels = &kernels_for(GetParam());
                EXPECT_LT(on.apart(), tolerance)
                    << width << ' ' << heads << ' ' << lengths.size() << ' ' << cls_only;
            }
        }
    }
};

TEST_P(BlockTest, EqualsTheCompositionInFloat64) {
    expect_alike(torch::kFloat64, 1e-12);
}

TEST_P(BlockTest, EqualsTheCompositionInFloat32) {
    expect_alike(torch::kFloat32, 1e-5);
}

/// Compares norms, in which single elements that round differently matter little.
TEST_P(BlockTest, UnderAutocastItIsAsFarFromFloat64AsTheComposition) {
    // Heads of even and odd width, and more tokens than attention processes queries at a time.
    const std::vector<std::tuple<std::int64_t, std::int64_t, std::vector<std::int64_t>>> shapes{
        {128, 8, {64, 20, 31}}, {60, 12, {40, 1, 17}}, {64, 2, {200, 7}}};
    for (const auto& [width, heads, lengths] : shapes) {
        for (const bool cls_only : {false, true}) {
            Case on{width, heads, lengths, torch::kFloat32};
            on.pass.cls_only = cls_only;
            on.pass.kernels = &kernels_for(GetParam());
            std::vector<torch::Tensor> fused;
            std::vector<torch::Tensor> composed;
            {
                const AutocastScope autocast{Precision::bfloat16, torch::kCPU};
                fused = on.everything(on.fused());
                composed = on.everything(on.composed());
            }
            const auto exact = on.everything(on.composed());

            for (std::size_t i = 0; i < exact.size(); ++i) {
                const auto far = [&](const torch::Tensor& t) {
                    return ((t - exact[i]).norm() / (exact[i].norm() + 1e-12)).item<double>();
                };
                EXPECT_LT(far(fused[i]), 1.5 * far(composed[i]) + 1e-4)
                    << width << ' ' << i << ' ' << cls_only;
                EXPECT_LT(far(fused[i]), 0.02) << width << ' ' << i << ' ' << cls_only;
            }
        }
    }
}

TEST_P(BlockTest, TheShortLastBlockEqualsTheFullOneMaskForMask) {
    Case on{16, 4, {5, 12, 5}, torch::kFloat64};
    on.pass.kernels = &kernels_for(GetParam());
    const auto of_cls = [&](const torch::Tensor& rows) {
        return torch::autograd::grad({rows.square().sum()}, {on.x})[0];
    };

    const auto full = on.fused().index_select(0, on.pass.layout->cls_rows);
    const auto of_full = of_cls(full);
    on.pass.cls_only = true;
    const auto brief = on.fused();

    EXPECT_LT(golden::relative_difference(full, brief), 1e-12);
    EXPECT_LT(golden::relative_difference(of_full, of_cls(brief)), 1e-12);
}

std::vector<Processor> processors_up_to_this() {
    std::vector<Processor> kinds{Processor::any};
    for (const auto kind : {Processor::avx2, Processor::avx512, Processor::avx512_bf16}) {
        if (kind <= widest_processor()) {
            kinds.push_back(kind);
        }
    }
    return kinds;
}

std::string name_of(const testing::TestParamInfo<Processor>& kind) {
    const std::vector<std::string> names{"any", "avx2", "avx512", "avx512_bf16"};
    return names[static_cast<std::size_t>(kind.param)];
}

INSTANTIATE_TEST_SUITE_P(Processors, BlockTest, testing::ValuesIn(processors_up_to_this()), name_of);

}  // namespace
}  // namespace sslslr
