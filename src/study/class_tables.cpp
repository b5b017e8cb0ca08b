#include "src/study/class_tables.hpp"

#include <torch/types.h>

#include "src/evaluate/metrics.hpp"

namespace sslslr {
namespace {

struct Confusion {
    torch::Tensor counts;                             ///< [G, G], undefined if no job is done
    const std::vector<std::string>* names = nullptr;  ///< of the classes
};

/// Sums over the jobs that are done.
Confusion summed(const PlannedCell& cell, const StudyResults& results) {
    Confusion sum;
    for (const auto& jobs : cell) {
        for (const auto& id : jobs) {
            const auto* const found = results.record(id);
            if (found == nullptr || !found->detail.contains("predicted")) {
                continue;
            }
            const auto& fold = results.fold(results.evaluation(id));
            const auto counts =
                confusion_matrix(torch::tensor(found->detail["predicted"].get<std::vector<std::int64_t>>()),
                                 torch::tensor(fold.test_classes), std::ssize(fold.class_names));
            sum = {sum.counts.defined() ? sum.counts + counts : counts, &fold.class_names};
        }
    }
    return sum;
}

nlohmann::json json_of(const Confusion& confusion) {
    nlohmann::json json{{"names", *confusion.names}, {"confusion", rows_of(confusion.counts)}};
    for (const auto& scores : per_gloss(confusion.counts)) {
        json["per_class"].push_back({{"clips", scores.clips},
                                     {"precision", scores.precision},
                                     {"recall", scores.recall},
                                     {"f1", scores.f1}});
    }
    return json;
}

}  // namespace

nlohmann::json classes_of(const PlannedTable& table, const StudyResults& results) {
    nlohmann::json all = nlohmann::json::array();
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        for (std::size_t column = 0; column < table.columns.size(); ++column) {
            const auto confusion = summed(table.cells[row][column], results);
            if (!confusion.counts.defined()) {
                continue;
            }
            auto entry = json_of(confusion);
            entry["table"] = table.spec.name;
            entry["data"] = table.rows[row].target;
            entry["augmentation"] = table.rows[row].augmentation;
            entry["column"] = table.columns[column].name;
            entry["column_title"] = table.columns[column].title;
            all.push_back(std::move(entry));
        }
    }
    return all;
}

}  // namespace sslslr
