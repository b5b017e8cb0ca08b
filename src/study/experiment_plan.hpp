#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "src/protocol/protocol.hpp"
#include "src/settings/word_json.hpp"
#include "src/study/study_spec.hpp"

namespace sslslr {

/// One way to divide a data set: official splits give one fold, signers left out in turn give one each.
struct FoldFacts {
    std::string name;                 ///< "S03"; empty if there is only one fold
    std::string how;                  ///< how clips were divided
    std::string pretrain_identity;    ///< identifies the clips that pretrain
    std::string evaluation_identity;  ///< identifies the labelled clips that train, validate and test
    std::int64_t pretrain = 0;        ///< number of clips
    std::int64_t train = 0;
    std::int64_t validation = 0;
    std::vector<std::int64_t> test;          ///< clip numbers
    std::vector<std::int64_t> test_classes;  ///< of the test clips
    std::vector<std::string> class_names;
};

/// What planning needs to know about a data set.
struct DataFacts {
    std::string name;
    std::string title;
    std::string published;
    std::string language;
    std::string licence;
    std::string source;
    std::string fingerprint;
    std::int64_t clips = 0;
    std::int64_t signers = 0;
    std::vector<FoldFacts> folds;
};

/// The encoder whose features a protocol reads.
enum class EncoderKind { pretrained, random, none };
constexpr auto words(EncoderKind /*of*/) {
    return std::array{"pretrained", "random", "none"};
}

/// Returns the protocol that settings name; linear if they name none.
/// @param settings  options of sslslr evaluate from a study file that has been checked
ProtocolKind protocol_kind(const Settings& settings);

/// A pretraining on one fold.
struct PretrainingJob {
    std::string id;
    std::string name;  ///< "asl9 S03, simclr our, run 0"
    std::int64_t data = 0;
    std::int64_t fold = 0;
    std::int64_t run = 0;
    Settings options;  ///< options of sslslr pretrain
};

/// A protocol followed from one encoder on the clips of one fold.
struct EvaluationJob {
    std::string id;
    std::string name;
    EncoderKind encoder = EncoderKind::pretrained;
    std::string pretraining;  ///< the job that trains the encoder; empty without one
    std::int64_t data = 0;    ///< data set that labels come from
    std::int64_t fold = 0;
    std::int64_t run = 0;
    Settings options;  ///< options of sslslr pretrain: the encoder's shape
    Settings protocol;
};

/// What a method is compared with.
enum class Control {
    random,     ///< the encoder with random weights
    raw,        ///< neighbours on the skeletons
    supervised  ///< the whole network, trained only from labels
};
constexpr auto words(Control /*of*/) {
    return std::array{"random", "raw", "supervised"};
}

/// A column of a table.
struct PlannedColumn {
    std::string name;
    std::string title;
    std::optional<Control> control;  ///< nothing: a method
    /// For a control with another encoder than the study's own: the table's methods with that encoder.
    std::vector<std::string> methods{};
};

struct PlannedRow {
    std::string title;
    std::string data;
    std::string target;
    std::string augmentation;
};

/// The jobs behind one figure of a table: by run, then by fold. Without runs there is no such figure.
using PlannedCell = std::vector<std::vector<std::string>>;

struct PlannedTable {
    TableSpec spec;
    std::vector<PlannedColumn> columns;
    std::vector<PlannedRow> rows;
    std::vector<std::vector<PlannedCell>> cells;  ///< [rows][columns]
};

/// A panel of figure 7: the features of one data set's test clips by one method.
struct PlannedPanel {
    std::string data;
    std::string data_title;
    std::string column;  ///< the method
    std::string column_title;
    std::vector<std::string> classes;  ///< classes that are coloured
    std::string evaluation;            ///< the job that writes the features
};

/// Every job of a study, listed once however many tables need it, and the jobs behind each figure.
struct ExperimentPlan {
    std::vector<DataFacts> data;
    std::vector<PretrainingJob> pretrainings;
    std::vector<EvaluationJob> evaluations;
    std::vector<PlannedTable> tables;
    std::vector<PlannedPanel> panels;
};

/// What makes two jobs the same: everything that decides their results, as text. All functions take complete
/// settings, as with() merges them.
struct Identities {
    std::function<std::string(const Settings&)> of_pretraining;
    std::function<std::string(const Settings&)> of_preprocessing;  ///< of clips
    std::function<std::string(const Settings&)> of_encoder;        ///< with random weights
    /// Of a whole network that is trained with labels from random weights.
    std::function<std::string(const Settings&)> of_network;
    std::function<std::string(const Settings&)> of_protocol;
    /// Whether a protocol reads an encoder's features without training it.
    std::function<bool(const Settings&)> is_frozen;
};

/// Plans a study; a pure function of its arguments.
/// @param data  one entry for each data set of the spec, in its order
/// @throws ConfigError  a table names what the study does not list
ExperimentPlan plan_experiments(const StudySpec& spec, const std::vector<DataFacts>& data,
                                const Identities& identities);

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(FoldFacts, name, how, pretrain_identity, evaluation_identity, pretrain,
                                   train, validation, test, test_classes, class_names)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(DataFacts, name, title, published, language, licence, source, fingerprint,
                                   clips, signers, folds)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PretrainingJob, id, name, data, fold, run, options)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(EvaluationJob, id, name, encoder, pretraining, data, fold, run, options,
                                   protocol)
void to_json(nlohmann::json& json, const PlannedColumn& column);
void from_json(const nlohmann::json& json, PlannedColumn& column);
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PlannedRow, title, data, target, augmentation)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(TableSpec, name, title, note, layout, measure, protocol, data, targets,
                                   methods, augmentations)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PlannedTable, spec, columns, rows, cells)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PlannedPanel, data, data_title, column, column_title, classes, evaluation)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ExperimentPlan, data, pretrainings, evaluations, tables, panels)

}  // namespace sslslr
