#include "src/protocol/label_curve.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace sslslr {

std::string text_of(const LabelAmount& amount) {
    return amount.count > 0 ? fmt::format("{} clip{} per class", amount.count, amount.count == 1 ? "" : "s")
                            : fmt::format("{:g} %", 100 * amount.fraction);
}

LabelPoint label_point(const EvaluationClips& clips, const LabelAmount& amount, std::uint64_t seed) {
    const LabelledClips labelled{clips, amount, seed};
    const auto clips_of = clips.training_clips_of_classes();
    return {.asked = amount,
            .labels = std::ssize(labelled.both()),
            .validation_labels = std::ssize(labelled.validation()),
            .fewer = std::ranges::count_if(clips_of,
                                           [&](const auto& entry) { return entry.second < amount.count; })};
}

LabelCurve::LabelCurve(TestSet test, std::vector<LabelPoint> points) : points_{std::move(points)} {
    test.compares_all = true;
    tables_.assign(points_.size(), ResultTable{test});
}

void LabelCurve::append(const LabelCurve& run) {
    for (std::size_t i = 0; i < tables_.size(); ++i) {
        tables_[i].append(run.tables_[i]);
    }
}

std::string LabelCurve::text() const {
    auto text = fmt::format("{:<34} {:<24}", "mean top-1", "");
    for (const auto& point : points_) {
        text += fmt::format(" {:>19}", text_of(point.asked));
    }
    text += fmt::format("\n{:<34} {:<24}", "labels", "");
    for (const auto& point : points_) {
        text += fmt::format(" {:>19}", point.labels);
    }
    if (std::ranges::any_of(points_, [](const auto& point) { return point.validation_labels > 0; })) {
        text += fmt::format("\n{:<34} {:<24}", "of them to choose settings by", "");
        for (const auto& point : points_) {
            text += fmt::format(" {:>19}", point.validation_labels);
        }
    }
    const auto rows = tables_.front().means();
    for (std::size_t row = 0; row < rows.size(); ++row) {
        text += fmt::format("\n{:<34} {:<24}", rows[row].row, rows[row].classifier);
        for (const auto& table : tables_) {
            text += fmt::format(" {:>19.3f}", table.means()[row].top1);
        }
    }
    for (std::size_t i = 0; i < points_.size(); ++i) {
        text += fmt::format("\n\n{}: paired differences of top-1 to the controls\n{}",
                            text_of(points_[i].asked), tables_[i].differences_text());
    }
    return text;
}

nlohmann::json LabelCurve::json() const {
    nlohmann::json json{{"points", nlohmann::json::array()}};
    for (std::size_t i = 0; i < points_.size(); ++i) {
        auto table = tables_[i].json();
        const auto& asked = points_[i].asked;
        nlohmann::json point{{"labels", points_[i].labels},
                             {"validation_labels", points_[i].validation_labels},
                             {"classes_with_fewer", points_[i].fewer},
                             {"rows", std::move(table["rows"])},
                             {"differences", std::move(table["differences"])}};
        if (asked.count > 0) {
            point["clips_a_class"] = asked.count;
        } else {
            point["share"] = asked.fraction;
        }
        json["points"].push_back(std::move(point));
        json["interval"] = table["interval"];
        json["truth"] = table["truth"];
    }
    return json;
}

}  // namespace sslslr
