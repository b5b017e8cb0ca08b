#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace sslslr {

/// Options by name as an INI file holds them: an entry each, several for a list.
using Settings = std::vector<std::pair<std::string, std::string>>;

/// Settings of `base` with those of `over` in the place of all of the same name.
Settings with(Settings base, const Settings& over);

[[noreturn]] void throw_unknown(const char* what, const std::string& name,
                                const std::vector<std::string>& known);

/// A named choice that a study varies.
struct Variant {
    std::string name;   ///< by which tables and claims call it
    std::string title;  ///< in the report
    Settings settings;
};

/// A data set of a study.
struct DataSpec {
    std::string name;
    std::string title;
    std::string published;         ///< what the paper's table 6 calls it; empty: it is not there
    bool leaves_out_each = false;  ///< each signer tests in turn, the others train
    bool is_optional = false;      ///< where its files are not there, the study does without it
    Settings settings;             ///< of sslslr pretrain: files and preprocessing
    Settings parts;                ///< which clips train, validate and test
    std::string where{};           ///< in the study's file, for errors
};

/// How the page arranges a table.
enum class TableLayout {
    grid,
    state_of_the_art  ///< as the paper's table 6
};
constexpr auto words(TableLayout /*of*/) {
    return std::array{"grid", "state-of-the-art"};
}

/// A table of the report: a row for each data set and augmentation, a column for each method.
struct TableSpec {
    std::string name;
    std::string title;
    std::string note;
    TableLayout layout = TableLayout::grid;
    std::string measure = "top1";
    std::string protocol;  ///< name of a protocol; none where trainings themselves are measured
    std::vector<std::string> data;
    std::vector<std::string> targets;  ///< data sets to evaluate on; none: those that pretrained
    std::vector<std::string> methods;
    std::vector<std::string> augmentations;
};

enum class ClaimKind {
    /// each of `better` has a better measure than each of `worse`: columns of a row, or rows of a column by
    /// their augmentation
    better,
    order,  ///< the measure rises from each of the columns `better` to the next
    equal,  ///< no column of `better` differs from the first by more than `limit`
    above,  ///< the measure of each column of `better` is above `limit`
    below,  ///< or below
    /// with the augmentation that validates best on a data set, no column is better by more than `limit` than
    /// with the one augmentation that `better` names
    own_choice,
    /// each of `better` is ahead of each of `worse` by more in the first of two tables than in the second
    interaction,
    untested  ///< for the reason given in `why`
};
constexpr auto words(ClaimKind /*of*/) {
    return std::array{"better", "order", "equal", "above", "below", "own-choice", "interaction", "untested"};
}

/// A statement about cells of tables, which the results bear out or not.
struct ClaimSpec {
    std::string name;
    std::string says;
    ClaimKind kind = ClaimKind::untested;
    std::vector<std::string> tables;
    std::vector<std::string> better;
    std::vector<std::string> worse;
    double limit = 0;
    std::string why;
};

/// Test features in two dimensions, the paper's figure 7: a panel for each data set and method.
struct EmbeddingFigure {
    std::vector<std::string> data;
    std::vector<std::string> methods;
    std::string augmentation;
    std::vector<std::string> classes;  ///< coloured; none: the first by name
};

/// Strips of skeletons with the ends that are permuted, the paper's figure 2.
struct StripFigure {
    std::string store;  ///< a clip store
    std::vector<std::int64_t> clips;
    std::string k1 = "1/3";  ///< as options of sslslr pretrain have them
    std::string k2 = "1/4";
    std::string where{};  ///< its clips stand in the study's file, for errors
};

/// Spread of the outputs over the steps, and what accuracy comes of it, the paper's figure 8.
struct SpreadFigure {
    std::string trainings;   ///< the table whose columns' trainings are drawn
    std::string accuracies;  ///< the table that holds their accuracies
};

/// What the report draws beside its tables.
struct FigureSpecs {
    std::vector<StripFigure> strips;
    std::vector<EmbeddingFigure> embeddings;
    std::vector<SpreadFigure> spreads;
};

/// A whole set of experiments, as a study file lists them.
struct StudySpec {
    std::string title;
    std::int64_t runs = 8;           ///< of every pretraining, each from its own seed
    std::uint64_t seed = 0;          ///< of run 0; others add to it
    std::int64_t ranks_per_job = 1;  ///< that work on a job together
    Settings pretrain;               ///< of every pretraining
    std::vector<DataSpec> data;
    std::vector<Variant> methods;
    std::vector<Variant> augmentations;
    std::vector<Variant> protocols;
    std::vector<TableSpec> tables;
    FigureSpecs figures;
    std::vector<ClaimSpec> claims;
};

/// The part of a study that does with these data sets and tables: a table keeps its rows of them, and goes
/// where none is left, or its name is not wanted; claims about tables that went are untested. Where tables
/// are not wanted, figures of embeddings show what the others train.
StudySpec narrowed(StudySpec spec, const std::vector<std::string>& data,
                   const std::vector<std::string>& tables);

/// The entry of that name. @throws ConfigError  there is none; names `what` and those there are
template <class T>
const T& named(const std::vector<T>& entries, const std::string& name, const char* what) {
    const auto found = std::ranges::find(entries, name, &T::name);
    if (found == entries.end()) {
        std::vector<std::string> names;
        std::ranges::transform(entries, std::back_inserter(names), &T::name);
        throw_unknown(what, name, names);
    }
    return *found;
}

}  // namespace sslslr
