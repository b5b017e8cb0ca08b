#pragma once

#include <string>
#include <vector>

#include "launch/options.hpp"

namespace sslslr {

/// Options of `sslslr evaluate`.
struct EvaluateOptions {
    std::string run;
    std::vector<std::string> data;
    std::string memory_limit = "half";
    std::string protocol = "linear";
    std::string train_split;
    std::string test_split;
    std::vector<std::string> left_out_signers;
    std::vector<std::string> test_signers;
    std::int64_t neighbours = 20;
    std::int64_t raw_neighbours = 5;
    std::uint64_t probe_seed = 0;
    std::int64_t supervised_epochs = 100;
    double supervised_learning_rate = 1e-3;
    std::string supervised_augmentation = "none";
    std::int64_t bootstrap = 10000;
    bool json = false;
    std::int64_t threads = 1;
};

/// Declares every option on its field; `fields` must outlive `options`.
void declare(Options& options, EvaluateOptions& fields);

}  // namespace sslslr
