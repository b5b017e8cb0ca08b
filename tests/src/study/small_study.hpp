#pragma once

#include <set>

#include "src/study/experiment_plan.hpp"

namespace sslslr::test {

/// Two methods and two augmentations on a data set of three folds, with a second data set to transfer to. Two
/// tables ask for the same trainings.
inline StudySpec small_study(std::int64_t runs) {
    StudySpec spec{.title = "small", .runs = runs, .pretrain = {{"epochs", "3"}, {"width", "16"}}};
    spec.data = {{.name = "asl", .title = "ASL"}, {.name = "lsa", .title = "LSA"}};
    spec.methods = {{"one", "One", {{"method", "simclr"}}}, {"two", "Two", {{"method", "byol"}}}};
    spec.augmentations = {{"our", "(our)", {{"augmentation", "boundary"}}},
                          {"classical", "", {{"augmentation", "classical"}}}};
    spec.protocols = {{"linear", "", {{"protocol", "linear"}}},
                      {"scratch", "", {{"protocol", "supervised"}}}};
    spec.tables = {
        {.name = "1",
         .protocol = "linear",
         .data = {"asl"},
         .methods = {"one", "two"},
         .augmentations = {"our", "classical"}},
        {.name = "2",
         .protocol = "linear",
         .data = {"asl"},
         .targets = {"lsa"},
         .methods = {"one", "two"},
         .augmentations = {"our"}},
        {.name = "4", .measure = "seconds", .data = {"asl"}, .methods = {"two"}, .augmentations = {"our"}}};
    return spec;
}

/// Each fold of asl tests two clips, one of class 0 and one of class 1.
inline std::vector<DataFacts> small_facts() {
    DataFacts asl{.name = "asl", .title = "ASL", .fingerprint = "a", .clips = 6};
    for (std::int64_t fold = 0; fold < 3; ++fold) {
        const auto name = "S0" + std::to_string(fold);
        asl.folds.push_back({.name = name,
                             .pretrain_identity = name,
                             .evaluation_identity = name,
                             .test = {2 * fold, 2 * fold + 1},
                             .test_classes = {0, 1},
                             .class_names = {"book", "tree"}});
    }
    DataFacts lsa{.name = "lsa", .title = "LSA", .fingerprint = "l", .clips = 2};
    lsa.folds.push_back({.pretrain_identity = "p",
                         .evaluation_identity = "e",
                         .test = {0, 1},
                         .test_classes = {0, 1},
                         .class_names = {"x", "y"}});
    return {asl, lsa};
}

/// Every setting counts, in the given order; a few also decide the encoder or the preprocessing of clips.
inline Identities plain_identities() {
    const auto text = [](const Settings& settings) {
        std::string all;
        for (const auto& [name, value] : settings) {
            all += name + "=" + value + "\n";
        }
        return all;
    };
    const auto only = [text](const std::set<std::string>& names) {
        return [=](const Settings& settings) {
            Settings found;
            std::ranges::copy_if(settings, std::back_inserter(found),
                                 [&](const auto& setting) { return names.contains(setting.first); });
            return text(found);
        };
    };
    return {text,
            only({"normalise"}),
            only({"normalise", "width", "seed"}),
            text,
            text,
            [](const Settings& settings) { return settings.front().second == "linear"; }};
}

}  // namespace sslslr::test
