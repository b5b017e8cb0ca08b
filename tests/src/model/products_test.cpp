// The matrix products of linear layers compared with LibTorch's in float64.
#include "src/model/products.hpp"

#include <gtest/gtest.h>

#include "src/model/block_kernels.hpp"

namespace sslslr {
namespace {

struct Sizes {
    std::int64_t rows, inputs, outputs;
};

/// Sizes that are and are not multiples of a vector, more outputs than inputs and fewer, one row, and no row.
const std::vector<Sizes> many_sizes{{64, 32, 96}, {67, 33, 19}, {1, 5, 7}, {130, 16, 16}, {0, 8, 4}};

double tolerance(torch::Dtype type) {
    return type == torch::kFloat64 ? 1e-13 : type == torch::kFloat32 ? 1e-5 : 1e-2;
}

class ProductsTest : public testing::TestWithParam<torch::Dtype> {
protected:
    void SetUp() override { torch::manual_seed(7); }
};

TEST_P(ProductsTest, WeightGradientsAreThoseOfLibTorch) {
    for (const auto& [rows, inputs, outputs] : many_sizes) {
        const auto x = torch::randn({rows, inputs}).to(GetParam());
        const auto g = torch::randn({rows, outputs}).to(GetParam());
        const auto type = GetParam() == torch::kBFloat16 ? torch::kFloat32 : GetParam();
        const auto result = torch::full({outputs + 2, inputs}, 9.0, type);

        product_of_transposed(g, x, result.slice(0, 1, outputs + 1));

        const auto expected = torch::mm(g.t().to(torch::kFloat64), x.to(torch::kFloat64));
        const auto found = result.slice(0, 1, outputs + 1).to(torch::kFloat64);
        EXPECT_LE((found - expected).norm().item<double>(),
                  tolerance(GetParam()) * expected.norm().item<double>())
            << rows << ' ' << inputs << ' ' << outputs;
        EXPECT_TRUE((result[0] == 9).all().item<bool>() && (result[outputs + 1] == 9).all().item<bool>());
    }
}

TEST_P(ProductsTest, LayersAndInputGradientsAreThoseOfLibTorch) {
    for (const auto& [rows, inputs, outputs] : many_sizes) {
        const auto x = torch::randn({rows, inputs}).to(GetParam());
        const auto w = torch::randn({outputs, inputs}).to(GetParam());
        const auto b = torch::randn({outputs}).to(GetParam());
        const auto wide = [](const torch::Tensor& t) { return t.to(torch::kFloat64); };

        const auto y = product_with_transposed(x, w, b);
        const auto d_x = product_with_transposed(y, w.t(), {});

        const auto expected_y = torch::linear(wide(x), wide(w), wide(b));
        const auto expected_d = torch::mm(wide(y), wide(w));
        EXPECT_LE((wide(y) - expected_y).norm().item<double>(),
                  tolerance(GetParam()) * expected_y.norm().item<double>());
        EXPECT_LE((wide(d_x) - expected_d).norm().item<double>(),
                  tolerance(GetParam()) * expected_d.norm().item<double>());
    }
}

INSTANTIATE_TEST_SUITE_P(Types, ProductsTest,
                         testing::Values(torch::kFloat64, torch::kFloat32, torch::kBFloat16));

TEST(TransposeKernel, MovesEveryElementOnEveryKindOfProcessor) {
    for (const auto kind : {Processor::any, Processor::avx2, Processor::avx512, Processor::avx512_bf16}) {
        if (kind > widest_processor()) {
            continue;
        }
        for (const auto& [rows, stride, columns] :
             std::vector<Sizes>{{16, 32, 32}, {19, 21, 5}, {3, 70, 67}}) {
            const auto from = torch::randn({rows, stride});
            const auto to = torch::full({columns * rows + 1}, 9.0F);

            kernels_for(kind).transpose(from.const_data_ptr<float>(), rows, columns, stride,
                                        to.data_ptr<float>());

            EXPECT_TRUE(
                torch::equal(to.slice(0, 0, -1).view({columns, rows}), from.slice(1, 0, columns).t()));
            EXPECT_EQ(to[-1].item<float>(), 9);
        }
    }
}

}  // namespace
}  // namespace sslslr
