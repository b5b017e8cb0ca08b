#include "launch/study_leaks.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "src/errors.hpp"

namespace sslslr {
namespace {

using Clips = std::vector<std::int64_t>;
using Notes = std::vector<std::string>;

/// Clips of one data set by number, and what they show.
struct PrintedClips {
    const StudyDataSets& data;
    std::int64_t number;
    const Clips& clips;

    std::string name_of(std::size_t place) const { return data.data(number).name_of(clips[place]); }
};

/// How many of `test` show the same as one of `trained`, with an example.
struct Repeated {
    std::size_t clips = 0;
    std::string example;
};

Repeated repeated_in(const PrintedClips& test, const PrintedClips& trained) {
    const io::PrintIndex index{trained.data.prints(trained.number, trained.clips)};
    const auto prints = test.data.prints(test.number, test.clips);
    Repeated repeated;
    for (std::size_t i = 0; i < prints.size(); ++i) {
        if (const auto found = index.find(prints[i]); found >= 0 && repeated.clips++ == 0) {
            repeated.example =
                fmt::format("{} = {}", test.name_of(i), trained.name_of(static_cast<std::size_t>(found)));
        }
    }
    return repeated;
}

void note(const std::string& where, const Clips& test, const Repeated& repeated, const std::string& what,
          Notes& notes) {
    if (repeated.clips > 0) {
        notes.push_back(
            fmt::format("{}: {} of {} test clips show the same as clips {} (e.g. {}): sslslr merge "
                        "--drop-duplicates keeps one of each",
                        where, repeated.clips, test.size(), what, repeated.example));
    }
}

void note_leaks_within(const StudyDataSets& data, std::int64_t number, Notes& notes) {
    const auto& facts = data.facts()[static_cast<std::size_t>(number)];
    for (std::size_t fold = 0; fold < facts.folds.size(); ++fold) {
        const auto& clips = data.clips(number, static_cast<std::int64_t>(fold));
        const auto where = fmt::format("[data {}], {}", facts.name, facts.folds[fold].how);
        auto labelled = clips.train;
        labelled.insert(labelled.end(), clips.validation.begin(), clips.validation.end());
        const PrintedClips test{data, number, clips.test};
        note(where, clips.test, repeated_in(test, {data, number, clips.pretrain}), "that pretrain", notes);
        note(where, clips.test, repeated_in(test, {data, number, labelled}), "whose labels train", notes);
    }
}

void note_leaks_between(const StudyDataSets& data, const PretrainingJob& source, const EvaluationJob& target,
                        Notes& notes) {
    const auto& test = data.clips(target.data, target.fold).test;
    const auto& trained = data.clips(source.data, source.fold).pretrain;
    const auto repeated = repeated_in({data, target.data, test}, {data, source.data, trained});
    const auto name = [&](std::int64_t number) {
        return data.facts()[static_cast<std::size_t>(number)].name;
    };
    const auto where =
        fmt::format("transfer from [data {}] to [data {}]", name(source.data), name(target.data));
    if (2 * repeated.clips > test.size()) {
        throw ConfigError{
            fmt::format("--study: {}: {} of {} test clips are what the encoder is pretrained on, by what "
                        "they show (e.g. {}): name "
                        "another target",
                        where, repeated.clips, test.size(), repeated.example)};
    }
    note(where, test, repeated, "that pretrain", notes);
}

}  // namespace

Notes leaks_of(const StudyDataSets& data, const ExperimentPlan& plan) {
    Notes notes;
    for (std::int64_t number = 0; number < std::ssize(data.facts()); ++number) {
        note_leaks_within(data, number, notes);
    }
    std::map<std::string, const PretrainingJob*> pretrainings;
    for (const auto& job : plan.pretrainings) {
        pretrainings.emplace(job.id, &job);
    }
    std::set<std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t>> known;
    for (const auto& job : plan.evaluations) {
        const auto source = pretrainings.find(job.pretraining);
        if (source == pretrainings.end() || source->second->data == job.data) {
            continue;
        }
        if (known.emplace(source->second->data, source->second->fold, job.data, job.fold).second) {
            note_leaks_between(data, *source->second, job, notes);
        }
    }
    return notes;
}

}  // namespace sslslr
