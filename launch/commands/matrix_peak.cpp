#include "launch/commands/matrix_peak.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

#include "src/model/products.hpp"

namespace sslslr {

double matrix_peak(Precision precision, const dist::Communicator& world) {
    const torch::NoGradGuard no_grad;
    const auto type = precision == Precision::bfloat16 ? torch::kBFloat16 : weights_type(precision);
    constexpr std::chrono::milliseconds time_a_shape{150};
    double best = 0;
    world.barrier();
    for (const auto& [rows, inputs, outputs] :
         {std::array<std::int64_t, 3>{780, 512, 2048}, {780, 2048, 512}, {2048, 1024, 1024}}) {
        const auto x = torch::randn({rows, inputs}).to(type);
        const auto weight = torch::randn({outputs, inputs}).to(type);
        const auto end = std::chrono::steady_clock::now() + time_a_shape;
        while (std::chrono::steady_clock::now() < end) {
            const auto start = std::chrono::steady_clock::now();
            product_with_transposed(x, weight, {});
            const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
            best = std::max(best, 2e-9 * static_cast<double>(rows * inputs * outputs) / seconds.count());
        }
    }
    std::vector<double> sum{best};
    world.all_reduce_sum(sum);
    return sum[0] / world.size();
}

}  // namespace sslslr
