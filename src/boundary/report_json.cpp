#include <fmt/format.h>

#include "io/file/json_text.hpp"
#include "src/boundary/report.hpp"
#include "src/settings/words.hpp"

namespace sslslr {
namespace {

using Json = nlohmann::json;

template <class T>
void put(Json& json, const char* name, const std::optional<T>& value) {
    if (value) {
        json[name] = *value;
    }
}

}  // namespace

static void to_json(Json& json, const CurvePoint& point) {
    json = {{"k", point.k}, {"accuracies", point.accuracies}, {"mean", point.mean}};
    put(json, "interval", point.interval);
    put(json, "against_reference", point.against_reference);
    if (point.verdict) {
        json["probability_worse"] = point.verdict->worse;
        json["worse_than"] = point.verdict->than;
        json["effect"] = point.verdict->effect;
    }
}

static void to_json(Json& json, const KVerdict& verdict) {
    json = {{"k", verdict.k},
            {"repeats", verdict.repeats},
            {"probability_worse", verdict.worse},
            {"worse_than", verdict.than}};
}

static void to_json(Json& json, const SideReport& side) {
    json = {{"curve", side.curve}, {"is_decided", side.is_decided}, {"why", side.why}};
    if (side.verdict) {
        json["verdict"] = {{"is_supported", side.verdict->is_supported}};
        put(json["verdict"], "answer", side.verdict->answer);
        put(json["verdict"], "larger", side.verdict->larger);
    }
}

static void to_json(Json& json, const ModeAnswer& answer) {
    json = {{"mode", word_of(answer.mode)},
            {"k1", io::json_or_null(answer.k1)},
            {"k2", io::json_or_null(answer.k2)},
            {"trainings", io::json_or_null(answer.trainings)}};
}

static void to_json(Json& json, const Comparison& row) {
    json = {{"what", row.what}, {"accuracies", row.accuracies}, {"trainings", row.trainings}};
    put(json, "interval", row.interval);
    put(json, "against_none", row.against_none);
    put(json, "k1", row.k1);
    put(json, "k2", row.k2);
    put(json, "clips_within_a_step_of_k1", row.near_k1);
    put(json, "clips_within_a_step_of_k2", row.near_k2);
}

static void to_json(Json& json, const ClipRow& row) {
    json = {{"clip", row.clip},
            {"sign", row.sign},
            {"k1", io::json_or_null(row.k1)},
            {"k2", io::json_or_null(row.k2)},
            {"prefers_k1", row.prefers_k1},
            {"prefers_k2", row.prefers_k2}};
    if (row.pair) {
        json["pair"] = {{"k1", row.pair->k1}, {"k2", row.pair->k2}};
        json["prefers_pair"] = row.prefers_pair;
        json["loss"] = *row.loss;
        json["inflated_loss"] = *row.inflated_loss;
    }
}

static void to_json(Json& json, const SignRow& row) {
    json = {{"sign", row.sign}, {"clips", row.clips}, {"loss", row.loss}};
}

static void to_json(Json& json, const SearchCost& cost) {
    json = {{"jobs", cost.jobs},
            {"most_jobs", cost.most_jobs},
            {"rank_seconds", cost.rank_seconds},
            {"cancelled_jobs", cost.cancelled_jobs},
            {"cancelled_seconds", cost.cancelled_seconds},
            {"lost_attempts", cost.lost_attempts},
            {"busy_share", io::json_or_null(cost.busy_share)}};
}

void to_json(Json& json, const BoundaryReport& report) {
    json = {{"k1", io::json_or_null(report.k1)},
            {"k2", io::json_or_null(report.k2)},
            {"code", report.code},
            {"frames", report.search.frames},
            {"step", report.search.step},
            {"mode", word_of(report.search.mode)},
            {"margin", report.search.margin},
            {"error_rate", report.search.error},
            {"repeats", report.search.repeats},
            {"validated_by", report.validated_by},
            {"validation_clips", report.validation_clips},
            {"start", report.start},
            {"end", report.end},
            {"other_modes", report.other_modes},
            {"comparisons", report.comparisons},
            {"clips", io::json_or_null(report.clips)},
            {"signs", io::json_or_null(report.signs)},
            {"cost", report.cost}};
    if (!report.warning.empty()) {
        json["warning"] = report.warning;
    }
}

}  // namespace sslslr
