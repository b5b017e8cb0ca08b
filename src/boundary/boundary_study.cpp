#include "src/boundary/boundary_study.hpp"

#include <algorithm>
#include <fstream>
#include <numeric>
#include <sstream>

#include <fmt/format.h>

#include "io/file/data_error.hpp"
#include "io/file/json_text.hpp"
#include "io/file/posix_file.hpp"
#include "io/file/setting.hpp"
#include "src/augment/wrist_motion.hpp"
#include "src/errors.hpp"
#include "src/protocol/result_table.hpp"
#include "src/run/pretraining.hpp"
#include "src/settings/ini_file.hpp"
#include "src/settings/program.hpp"

namespace sslslr {
namespace {

namespace fs = std::filesystem;

ValidationChoice choice_of(const PlanOptions& options) {
    return {.train_split = options.training.train_split,
            .left_out_signers = options.training.left_out_signers,
            .validation_split = options.validation_split,
            .validation_signers = options.validation_signers,
            .seed = options.training.seed};
}

TrialSetting setting_of(const PlanOptions& o, const DataSet& data, const Classes& classes,
                        const ValidationClips& clips) {
    const auto method = method_config_of(o.training, data);
    return {.features = data.features(),
            .train = method.kind->needs_labels ? clips.labelled : clips.train,
            .labelled = clips.labelled,
            .validation = clips.validation,
            .labels = classes.labels,
            .classes = classes.count,
            .frames = o.search.frames,
            .method = method,
            .precision = o.training.precision,
            .trainer = trainer_config_of(o.training),
            .schedule = o.training.schedule,
            .epochs = o.training.epochs,
            .max_steps = o.training.max_steps,
            .batches = {o.training.global_batch, o.training.seed, augmentation_of(o.training)},
            .probe = {.hidden = o.probe == "linear" ? 0 : ProbeConfig{}.hidden}};
}

}  // namespace

PlannedStudy read_study(const fs::path& folder) {
    const auto file = folder / "plan.json";
    if (folder.empty() || !fs::exists(file)) {
        throw ConfigError{fmt::format("{}: no plan.json there; sslslr boundary plan makes one",
                                      io::setting("study", folder.string()))};
    }
    PlannedStudy study;
    try {
        auto plan = nlohmann::json::parse(std::ifstream{file});
        plan.emplace("code", "");
        study.plan = plan;
    } catch (const nlohmann::json::exception& error) {
        throw io::DataError{file, fmt::format("is no plan of a study: {}", error.what())};
    }
    Options options{""};
    declare(options, study.options);
    options.read_file((folder / "plan.ini").string());
    study.options.study = folder.string();
    study.options.search.frames = study.plan.frames;
    read_tolerance(study.options);
    return study;
}

void refuse_older_plan(const fs::path& folder, const StudyPlan& plan) {
    if (plan.code.empty()) {
        throw ConfigError{
            fmt::format("{}: an earlier release planned it, and this one cannot take over its jobs: finish "
                        "it with that release, or plan the search in another {} folder",
                        io::setting("study", folder.string()), io::setting("study"))};
    }
}

void write_study(const fs::path& folder, const Options& options, const StudyPlan& plan) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) {
        throw io::DataError{folder, "the study folder cannot be made: " + error.message()};
    }
    std::string text;
    for (const auto& [name, value] : options.values()) {
        text += ini_line(name, value);
    }
    io::write_text(folder / "plan.ini", text);
    io::write_json(folder / "plan.json", plan);
}

std::string first_difference(const std::string& before, const std::string& now) {
    std::istringstream then_lines{before};
    std::istringstream now_lines{now};
    std::string then_line;
    std::string now_line;
    do {
        then_line.clear();
        now_line.clear();
        std::getline(then_lines, then_line);
        std::getline(now_lines, now_line);
    } while (then_line == now_line && !then_line.empty());
    return fmt::format("{}, not {}", then_line, now_line);
}

StudyData::StudyData(PlanOptions& options, const Ranks& ranks, bool keeps_prints)
    : options_{options},
      data_{options.training.data,
            {.preprocess = options.training.preprocess,
             .dtype = weights_type(options.training.precision),
             .keeps_prints = keeps_prints},
            ranks},
      classes_{data_.classes()},
      clips_{choose_validation(data_.index(), choice_of(options))} {
    if (classes_.count < 2) {
        throw ConfigError{fmt::format("{}: accuracy needs labels of 2 signs or more, found {}",
                                      io::setting("data"), classes_.count)};
    }
    options.search.frames = 0;
    for (const auto clip : clips_.train) {
        options.search.frames = std::max(options.search.frames, data_.features().length(clip));
    }
    check(options.search);
    setting_.emplace(setting_of(options, data_, classes_, clips_));
    if (options.compare) {
        std::vector<std::int64_t> all(static_cast<std::size_t>(data_.features().clips()));
        std::iota(all.begin(), all.end(), std::int64_t{0});
        setting_->by_motion = wrist_motion_boundaries(data_.features(), all);
    }
}

std::string StudyData::leak(const Ranks& ranks) const {
    const auto validation = data_.prints(clips_.validation, ranks);
    const auto repeated = io::repeated_in(io::PrintIndex{data_.prints(clips_.train, ranks)}, validation);
    if (repeated.count == 0) {
        return "";
    }
    return fmt::format(
        "{} of {} validation clips show the same as clips that train (e.g. {} = {}): the search would choose "
        "by clips that it has seen; sslslr merge --drop-duplicates keeps one of each",
        repeated.count, validation.size(), data_.name_of(clips_.validation[repeated.first]),
        data_.name_of(clips_.train[repeated.original]));
}

StudyPlan StudyData::plan(const Options& options) const {
    StudyPlan plan{.code = code_identity(),
                   .data_fingerprint = data_.fingerprint(),
                   .frames = options_.search.frames,
                   .ranks_per_job = options_.ranks_per_job,
                   .validated_by = clips_.how,
                   .validation = clips_.validation,
                   .class_names = classes_.names};
    plan.identity = fmt::format("{}data = {}\n", text_of(options.deciding()), plan.data_fingerprint);
    for (const auto clip : clips_.validation) {
        plan.classes.push_back(classes_.labels[static_cast<std::size_t>(clip)]);
        plan.lengths.push_back(data_.features().length(clip));
    }
    return plan;
}

}  // namespace sslslr
