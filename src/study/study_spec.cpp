#include "src/study/study_spec.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "src/errors.hpp"

namespace sslslr {

Settings with(Settings base, const Settings& over) {
    std::erase_if(base, [&](const auto& setting) {
        return std::ranges::any_of(over, [&](const auto& other) { return other.first == setting.first; });
    });
    base.insert(base.end(), over.begin(), over.end());
    return base;
}

void throw_unknown(const char* what, const std::string& name, const std::vector<std::string>& known) {
    throw ConfigError{fmt::format("no [{} {}] in the study file; found {}", what, name,
                                  known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", ")))};
}

namespace {

bool is_among(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

/// Whether tables need all the trainings that a figure shows of a data set.
bool is_trained(const std::vector<TableSpec>& tables, const EmbeddingFigure& figure,
                const std::string& data) {
    return std::ranges::all_of(figure.methods, [&](const std::string& method) {
        return std::ranges::any_of(tables, [&](const TableSpec& table) {
            return is_among(table.data, data) && is_among(table.methods, method) &&
                   is_among(table.augmentations, figure.augmentation);
        });
    });
}

}  // namespace

StudySpec narrowed(StudySpec spec, const std::vector<std::string>& data,
                   const std::vector<std::string>& tables) {
    const auto keep = [](std::vector<std::string>& names, const std::vector<std::string>& kept) {
        std::erase_if(names, [&](const auto& name) { return !is_among(kept, name); });
    };
    const bool is_part =
        !std::ranges::all_of(spec.tables, [&](const auto& table) { return is_among(tables, table.name); });
    std::erase_if(spec.data, [&](const auto& each) { return !is_among(data, each.name); });
    std::erase_if(spec.tables, [&](auto& table) {
        const bool transfers = !table.targets.empty();
        keep(table.data, data);
        keep(table.targets, data);
        return table.data.empty() || (transfers && table.targets.empty()) || !is_among(tables, table.name);
    });
    std::vector<std::string> left;
    std::ranges::transform(spec.tables, std::back_inserter(left), &TableSpec::name);
    std::erase_if(spec.figures.embeddings, [&](auto& figure) {
        keep(figure.data, data);
        std::erase_if(figure.data, [&](const std::string& name) {
            return is_part && !is_trained(spec.tables, figure, name);
        });
        return figure.data.empty();
    });
    std::erase_if(spec.figures.spreads,
                  [&](const auto& figure) { return !is_among(left, figure.trainings); });
    for (auto& claim : spec.claims) {
        const auto named = claim.tables.size();
        keep(claim.tables, left);
        if (claim.tables.empty() ? named > 0
                                 : claim.kind == ClaimKind::interaction && claim.tables.size() < named) {
            claim.kind = ClaimKind::untested;
            claim.why = "its tables are not part of this run";
        }
    }
    return spec;
}

}  // namespace sslslr
