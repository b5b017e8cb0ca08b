#include "launch/result_table.hpp"

#include <fstream>

#include <fmt/format.h>

#include "io/data_error.hpp"
#include "src/evaluate/metrics.hpp"

namespace sslslr {
namespace {

nlohmann::json json_of(const Interval& interval) {
    return {{"mean", interval.mean}, {"low", interval.low}, {"high", interval.high}};
}

}  // namespace

ResultTable::ResultTable(torch::Tensor truth, std::int64_t resamples)
    : truth_{std::move(truth)}, resamples_{resamples} {}

void ResultTable::add(const std::string& row, const std::string& classifier, const torch::Tensor& scores) {
    const auto result = outcome(scores, truth_);
    auto correct = per_clip(result.top1);
    const BootstrapOptions bootstrap{.resamples = resamples_};
    const auto top1 = bootstrap_interval(correct, bootstrap);
    const auto top5 = bootstrap_interval(per_clip(result.top5), bootstrap);
    const auto f1 = macro_f1(confusion_matrix(result.predicted, truth_, scores.size(1)));
    rows_.push_back({row, classifier, top1, top5, f1, std::move(correct)});
}

std::string ResultTable::text() const {
    std::string text = fmt::format("{:<34} {:<24} {:<22} {:<22} {}\n", "", "", "top-1", "top-5", "macro F1");
    const auto cell = [](const Interval& i) {
        return fmt::format("{:.3f} [{:.3f}, {:.3f}]", i.mean, i.low, i.high);
    };
    for (const auto& row : rows_) {
        text += fmt::format("{:<34} {:<24} {:<22} {:<22} {:.3f}\n", row.name, row.classifier, cell(row.top1),
                            cell(row.top5), row.macro_f1);
    }
    return text;
}

nlohmann::json ResultTable::json() const {
    nlohmann::json rows = nlohmann::json::array();
    for (const auto& row : rows_) {
        rows.push_back({{"name", row.name},
                        {"classifier", row.classifier},
                        {"top1", json_of(row.top1)},
                        {"top5", json_of(row.top5)},
                        {"macro_f1", row.macro_f1},
                        {"correct", row.correct}});
    }
    return {{"rows", rows}, {"interval", "95 % bootstrap over the test clips of one seed"}};
}

void write_json(const std::filesystem::path& path, const nlohmann::json& value) {
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    const auto draft = std::filesystem::path{path} += ".tmp";
    if (!(std::ofstream{draft} << value.dump(2) << std::flush)) {
        throw io::DataError{path, "cannot be written: check the folder's permissions and free space"};
    }
    std::filesystem::rename(draft, path);
}

}  // namespace sslslr
