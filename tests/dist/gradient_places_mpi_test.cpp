// Gradients that a node of the graph writes directly into the buckets of the reduction.
#include <gtest/gtest.h>
#include <torch/autograd.h>

#include "dist/gradient_reducer.hpp"
#include "tests/dist/expect_tensors.hpp"

namespace sslslr::dist {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

struct SharedPlaces final : torch::CustomClassHolder {
    GradientPlaces* places = nullptr;
    std::vector<const void*> taken;  ///< where gradients were written
};

/// x w^T. Its backward writes the gradient of w where the reducer wants it.
struct WritingLinear : torch::autograd::Function<WritingLinear> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& w,
                              const c10::intrusive_ptr<SharedPlaces>& shared) {
        context->save_for_backward({x, w});
        context->saved_data["places"] = c10::IValue::make_capsule(shared);
        return torch::mm(x, w.t());
    }
    static tensor_list backward(AutogradContext* context, const tensor_list& gradients) {
        const auto kept = context->get_saved_variables();
        const auto shared =
            c10::static_intrusive_pointer_cast<SharedPlaces>(context->saved_data["places"].toCapsule());
        auto d_w = shared->places->take(kept[1]);
        if (d_w.defined()) {
            shared->taken.push_back(d_w.data_ptr());
        } else {
            d_w = torch::empty_like(kept[1]);
        }
        at::mm_out(d_w, gradients[0].t(), kept[0]);
        return {torch::mm(gradients[0], kept[1]), d_w, {}};
    }
};

class GradientPlacesTest : public testing::Test {
protected:
    static constexpr std::int64_t width = 12;

    GradientPlacesTest() { shared_->places = reducer_.places().get(); }

    /// This rank's part of the loss of a step, in which each weight is used `times` times.
    at::Tensor loss(int step, int times) const {
        torch::manual_seed(static_cast<std::uint64_t>(1000 * step + group_.rank()));
        auto x = torch::randn({5, width}, at::kDouble);
        for (int i = 0; i < times; ++i) {
            x = WritingLinear::apply(torch::tanh(WritingLinear::apply(x, weights_[0], shared_)), weights_[1],
                                     shared_);
        }
        return x.square().sum();
    }

    /// The gradients that autograd gives without a reducer, summed over ranks. Collective.
    std::vector<at::Tensor> expected(int step, int times) {
        GradientPlaces none;
        shared_->places = &none;
        auto gradients = torch::autograd::grad({loss(step, times)}, weights_);
        shared_->places = reducer_.places().get();
        for (auto& gradient : gradients) {
            group_.start_all_reduce_sum(gradient)();
        }
        return gradients;
    }

    std::vector<at::Tensor> found() const { return {weights_[0].grad().clone(), weights_[1].grad().clone()}; }

    Group group_{Communicator::world(), at::kCPU};
    std::vector<at::Tensor> weights_{torch::full({width, width}, 0.1, at::kDouble).requires_grad_(),
                                     torch::full({width, width}, -0.2, at::kDouble).requires_grad_()};
    GradientReducer reducer_{weights_, group_, {.bucket_bytes = 1000}};
    c10::intrusive_ptr<SharedPlaces> shared_ = c10::make_intrusive<SharedPlaces>();
};

TEST_F(GradientPlacesTest, FromTheThirdStepOnGradientsAreReducedWhereTheyWereWritten) {
    for (int step = 0; step < 5; ++step) {
        const auto sums = expected(step, 1);
        shared_->taken.clear();

        reducer_.backward_and_sum(loss(step, 1));

        expect_close(found(), sums, 1e-12);
        if (step >= 2) {
            const std::vector<const void*> memory{weights_[1].grad().data_ptr(),
                                                  weights_[0].grad().data_ptr()};
            EXPECT_EQ(shared_->taken, memory);
        }
    }
}

TEST_F(GradientPlacesTest, AWeightUsedTwiceAndMicroBatchesAddUp) {
    for (int step = 0; step < 5; ++step) {
        auto sums = expected(100 + step, 2);
        const auto more = expected(200 + step, 1);
        for (std::size_t i = 0; i < sums.size(); ++i) {
            sums[i] += more[i];
        }

        reducer_.accumulate(loss(100 + step, 2));
        reducer_.backward_and_sum(loss(200 + step, 1));

        expect_close(found(), sums, 1e-12);
    }
}

}  // namespace
}  // namespace sslslr::dist
