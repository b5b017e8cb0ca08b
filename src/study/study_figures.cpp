#include "src/study/study_figures.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <map>
#include <ranges>

#include <fmt/format.h>

#include "io/file/metrics_file.hpp"
#include "io/store/clip_store.hpp"
#include "src/augment/boundary_length.hpp"
#include "src/errors.hpp"
#include "src/study/measured_spreads.hpp"

namespace sslslr {
namespace {

namespace fs = std::filesystem;

/// Returns x and y of every point of every frame, null where it was not detected: [F][P][2].
nlohmann::json skeleton_of(const std::vector<float>& landmarks, std::size_t points, std::size_t coordinates) {
    nlohmann::json frames = nlohmann::json::array();
    for (std::size_t at = 0; at < landmarks.size(); at += points * coordinates) {
        nlohmann::json frame = nlohmann::json::array();
        for (std::size_t point = 0; point < points; ++point) {
            const auto x = landmarks[at + point * coordinates];
            const auto y = landmarks[at + point * coordinates + 1];
            frame.push_back(std::isnan(x) || std::isnan(y) ? nlohmann::json{} : nlohmann::json{x, y});
        }
        frames.push_back(std::move(frame));
    }
    return frames;
}

nlohmann::json strip_of_clip(const io::ClipStore& store, std::int64_t clip, const StripFigure& figure) {
    const auto& index = store.index();
    if (clip < 0 || clip >= index.clips()) {
        throw ConfigError{fmt::format("{}: clip {}: expected 0 to {}, the clips of {}", figure.where, clip,
                                      index.clips() - 1, figure.store)};
    }
    const auto number = static_cast<std::size_t>(clip);
    const auto frames = index.offsets[number + 1] - index.offsets[number];
    const auto points = index.point_names.size();
    const auto coordinates = static_cast<std::size_t>(index.coordinates);
    std::vector<float> landmarks(static_cast<std::size_t>(frames) * points * coordinates);
    store.read(clip, clip + 1, landmarks);
    const auto name = [number](const std::vector<std::string>& names,
                               const std::vector<std::int64_t>& numbers) {
        const auto found = numbers[number];
        return found < 0 ? std::string{"not known"} : names[static_cast<std::size_t>(found)];
    };
    return {{"title",
             fmt::format("{}, clip {}: {}, signer {}", fs::path{figure.store}.stem().string(), clip,
                         name(index.label_names, index.labels), name(index.signer_names, index.signers))},
            {"frames", frames},
            {"k1", BoundaryLength::parse(figure.k1).frames_of(frames)},
            {"k2", BoundaryLength::parse(figure.k2).frames_of(frames)},
            {"points", index.point_names},
            {"skeleton", skeleton_of(landmarks, points, coordinates)}};
}

nlohmann::json strips_of(const std::vector<StripFigure>& figures) {
    nlohmann::json clips = nlohmann::json::array();
    for (const auto& figure : figures) {
        const auto store = io::ClipStore::open({figure.store});
        for (const auto clip : figure.clips) {
            clips.push_back(strip_of_clip(store, clip, figure));
        }
    }
    return clips;
}

nlohmann::json searches_of(const std::vector<SearchFigure>& figures) {
    nlohmann::json searches = nlohmann::json::array();
    for (const auto& [search, title] : figures) {
        const auto path = fs::path{search} / "report" / "report.json";
        auto report = nlohmann::json::parse(std::ifstream{path}, nullptr, /*allow_exceptions=*/false);
        nlohmann::json figure{{"title", title}};
        if (report.is_object()) {
            figure["report"] = std::move(report);
        } else {
            figure["missing"] =
                fmt::format("{} {}: sslslr boundary report --study {} writes it", path.string(),
                            fs::exists(path) ? "is damaged" : "is missing", search);
        }
        searches.push_back(std::move(figure));
    }
    return searches;
}

nlohmann::json panels_of(const ExperimentPlan& plan, const LedgerState& state) {
    nlohmann::json panels = nlohmann::json::array();
    for (const auto& panel : plan.panels) {
        if (state.of(panel.evaluation).status == JobStatus::done) {
            nlohmann::json json = panel;
            json["features"] = features_file(panel.evaluation).string();
            panels.push_back(std::move(json));
        }
    }
    return panels;
}

/// The mean spread at measured steps over trainings, each relative to its own start.
class Curve {
public:
    void add(const fs::path& metrics) {
        const auto spreads = measured_spreads(io::read_metrics(metrics));
        for (const auto& [step, spread] : spreads) {
            auto& sum = sums_[step];
            sum.spread.raw += spread.raw / spreads.begin()->second.raw;
            sum.spread.normalised += spread.normalised / spreads.begin()->second.normalised;
            ++sum.trainings;
        }
    }
    bool is_empty() const { return sums_.empty(); }
    std::vector<std::int64_t> steps() const {
        std::vector<std::int64_t> steps;
        std::ranges::copy(std::views::keys(sums_), std::back_inserter(steps));
        return steps;
    }
    std::vector<double> mean(double Spread::*spread) const {
        std::vector<double> means;
        for (const auto& [step, sum] : sums_) {
            means.push_back(sum.spread.*spread / sum.trainings);
        }
        return means;
    }

private:
    struct Sum {
        Spread spread;
        double trainings = 0;  ///< measured at this step: folds with fewer clips end sooner
    };
    std::map<std::int64_t, Sum> sums_;
};

Curve curve_of(const PlannedTable& table, std::size_t column, const LedgerState& state,
               const fs::path& folder) {
    Curve curve;
    for (const auto& row : table.cells) {
        for (const auto& run : row[column]) {
            for (const auto& id : run) {
                const auto& job = state.of(id);
                if (job.status == JobStatus::done) {
                    curve.add(pretraining_folder(folder, id, job.attempt) / "metrics.jsonl");
                }
            }
        }
    }
    return curve;
}

nlohmann::json curves_of(const PlannedTable& table, const LedgerState& state, const fs::path& folder) {
    nlohmann::json curves = nlohmann::json::array();
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
        const auto curve = curve_of(table, column, state, folder);
        if (curve.is_empty()) {
            continue;
        }
        curves.push_back({{"column", table.columns[column].name},
                          {"title", table.columns[column].title},
                          {"steps", curve.steps()},
                          {"raw", curve.mean(&Spread::raw)},
                          {"normalised", curve.mean(&Spread::normalised)}});
    }
    return curves;
}

const PlannedTable& trainings_of(const ExperimentPlan& plan, const SpreadFigure& figure) {
    return *std::ranges::find(plan.tables, figure.trainings,
                              [](const PlannedTable& table) { return table.spec.name; });
}

}  // namespace

nlohmann::json figures_of(const StoredStudy& study, const LedgerState& state, const fs::path& folder) {
    auto figures = nlohmann::json::object();
    if (auto clips = strips_of(study.spec.figures.strips); !clips.empty()) {
        figures["2"] = {{"clips", std::move(clips)}};
    }
    if (auto searches = searches_of(study.spec.figures.searches); !searches.empty()) {
        figures["4"] = {{"searches", std::move(searches)}};
    }
    if (auto panels = panels_of(study.plan, state); !panels.empty()) {
        figures["7"] = {{"panels", std::move(panels)}};
    }
    for (const auto& figure : study.spec.figures.spreads) {
        if (auto curves = curves_of(trainings_of(study.plan, figure), state, folder); !curves.empty()) {
            figures["8"] = {{"curves", std::move(curves)}, {"table", figure.accuracies}};
        }
    }
    return figures;
}

}  // namespace sslslr
