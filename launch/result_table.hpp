#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <torch/torch.h>

#include "src/evaluate/intervals.hpp"

namespace sslslr {

/// Accuracies of several classifiers on the same test clips.
class ResultTable {
public:
    /// @param truth      [Q] int64 class of each test clip
    /// @param resamples  of the bootstrap
    ResultTable(torch::Tensor truth, std::int64_t resamples);

    /// @param row, classifier  what was trained, and what read it
    /// @param scores           [Q, G]
    void add(const std::string& row, const std::string& classifier, const torch::Tensor& scores);

    /// For the terminal: a line a classifier.
    std::string text() const;
    /// {"rows": [{"name", "classifier", "top1": {mean, low, high}, "top5": {...}, "macro_f1", "correct": [0,
    /// 1, ...]}]}
    nlohmann::json json() const;

private:
    struct Row {
        std::string name;
        std::string classifier;
        Interval top1;
        Interval top5;
        double macro_f1;
        std::vector<double> correct;  ///< [Q] 1 right, 0 wrong
    };
    torch::Tensor truth_;
    std::int64_t resamples_;
    std::vector<Row> rows_;
};

/// Writes to a temporary name and renames. @throws io::DataError  the file system refuses
void write_json(const std::filesystem::path& path, const nlohmann::json& value);

}  // namespace sslslr
