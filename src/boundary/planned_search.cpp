#include "src/boundary/planned_search.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "src/boundary/differing_frames.hpp"
#include "src/boundary/search_clips.hpp"
#include "src/errors.hpp"
#include "src/settings/ini_file.hpp"

namespace sslslr {
namespace {

/// Returns the first line in which two identities differ, for example "epochs = 3, not epochs = 5".
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

}  // namespace

PlannedSearch read_search(const std::filesystem::path& folder) {
    PlannedSearch study;
    const auto stored = read_stored_plan(folder, study.plan);
    if (!stored) {
        throw ConfigError{fmt::format("{}: there is no plan.json; sslslr boundary plan writes it",
                                      io::setting("study", folder.string()))};
    }
    const auto clips = study.plan.validation.size();
    if (study.plan.identity.empty() || study.plan.frames < 1 || clips == 0 ||
        study.plan.classes.size() != clips || study.plan.lengths.size() != clips) {
        throw io::DataError{folder / "plan.json", "is not the plan of a boundary search, or damaged"};
    }
    study.plan.code = stored->code;
    Options options{""};
    declare(options, study.options);
    options.read_written(stored->text, (folder / "plan.json").string());
    study.options.study = folder.string();
    study.options.search.frames = study.plan.frames;
    read_tolerance(study.options);
    return study;
}

PlanFolder search_folder(const std::filesystem::path& folder) {
    return {folder, io::setting("study", folder.string()), "another " + io::setting("study") + " folder"};
}

void check_same(const std::filesystem::path& folder, const SearchPlan& planned, const SearchPlan& now) {
    const auto refuse = [&](const std::string& what) {
        throw ConfigError{fmt::format("{}: planned with other {}: use the same, or name another {} folder",
                                      io::setting("study", folder.string()), what, io::setting("study"))};
    };
    if (planned.data_fingerprint != now.data_fingerprint) {
        refuse(fmt::format("data (fingerprint {}, these are {})", planned.data_fingerprint,
                           now.data_fingerprint));
    }
    if (planned.identity != now.identity) {
        refuse(fmt::format("settings ({})", first_difference(planned.identity, now.identity)));
    }
}

SearchData::SearchData(PlanOptions& options, const Ranks& ranks, bool keeps_prints)
    : options_{options},
      data_{options.training.data,
            {.preprocess = preprocess_config_of(options.training),
             .dtype = weights_type(options.training.precision),
             .keeps_prints = keeps_prints},
            ranks},
      clips_{search_clips(data_.index(), options)} {
    options.search.frames = 0;
    for (const auto clip : clips_.pretrain) {
        options.search.frames = std::max(options.search.frames, data_.features().length(clip));
    }
    check(options.search);
}

std::string SearchData::leak(const Ranks& ranks) const {
    const auto validation = data_.prints(clips_.test, ranks);
    const auto repeated = io::repeated_in(io::PrintIndex{data_.prints(clips_.pretrain, ranks)}, validation);
    if (repeated.count == 0) {
        return "";
    }
    return fmt::format(
        "{} of {} validation clips have the same content as training clips (e.g. {} = {}): the search would "
        "choose by clips that it has trained on; sslslr merge --drop-duplicates keeps one of each",
        repeated.count, validation.size(), data_.name_of(clips_.test[repeated.first]),
        data_.name_of(clips_.pretrain[repeated.original]));
}

std::vector<std::int64_t> SearchData::differing() const {
    const auto found = differing_frames(data_.features(), clips_.train, clips_.classes_of(clips_.train),
                                        options_.search.frames);
    return found ? std::vector{found->k1, found->k2} : std::vector<std::int64_t>{};
}

SearchPlan SearchData::plan(const Options& options) const {
    SearchPlan plan{.data_fingerprint = data_.fingerprint(),
                    .frames = options_.search.frames,
                    .ranks_per_job = options_.ranks_per_job,
                    .validated_by = clips_.how,
                    .validation = clips_.test,
                    .classes = clips_.classes_of(clips_.test),
                    .class_names = clips_.class_names};
    plan.identity = fmt::format("{}data = {}\n", text_of(options.deciding()), plan.data_fingerprint);
    for (const auto clip : clips_.test) {
        plan.lengths.push_back(data_.features().length(clip));
    }
    return plan;
}

}  // namespace sslslr
