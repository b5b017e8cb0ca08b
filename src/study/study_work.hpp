#pragma once

#include <filesystem>
#include <map>
#include <memory>

#include "src/jobs/work.hpp"
#include "src/study/study_data.hpp"
#include "src/study/study_jobs.hpp"

namespace sslslr {

/// Runs the jobs of a study on one group of ranks.
class StudyWork : public JobSource {
public:
    /// Everything passed by reference must outlive this.
    /// @param folder  of the study
    /// @param codes   codes whose unfinished trainings are resumed: see joined_codes()
    /// @param warn    reports problems that do not end a job
    StudyWork(const StudyJobs& jobs, const StudyDataSets& data, std::filesystem::path folder,
              std::string codes, dist::Group& group, std::function<void(const std::string&)> warn)
        : jobs_{jobs},
          data_{data},
          folder_{std::move(folder)},
          codes_{std::move(codes)},
          group_{group},
          warn_{std::move(warn)} {}

    std::vector<Job> wanted(const LedgerState& state) override;

    /// Runs a job. A training, also that of an evaluation's whole network, resumes from what an earlier
    /// attempt has left.
    ///
    /// The outcome of a pretraining holds "steps", "loss", "spread_end" and "spread_normalised_end". The
    /// outcome of an evaluation holds "top1", "top5", "macro_f1" and, where clips validate, "validation"; its
    /// detail holds "correct", "correct5" (one digit per test clip) and "predicted". That of measures holds
    /// EmbeddingMeasures, "order_sensitivity" and Retrieval; that of the raw skeletons holds Retrieval, too.
    std::optional<Result> run(const Claim& claim, const std::function<bool()>& should_stop) override;

private:
    std::function<void(const std::string&)> warner_of(const std::string& job) const;
    std::optional<Result> pretrain(const PretrainingJob& job, const Claim& claim,
                                   const std::function<bool()>& should_stop);
    /// Records the clips of a training next to its checkpoints, for evaluations of its run elsewhere.
    /// Collective over the group.
    void record(const PretrainingJob& job, const std::filesystem::path& run) const;
    std::optional<Result> evaluate(const EvaluationJob& job, const Claim& claim,
                                   const std::function<bool()>& should_stop);
    std::shared_ptr<Method> encoder_of(const EvaluationJob& job, const MethodConfig& shape,
                                       const PretrainOptions& options);
    /// Keeps the features of the first run on the first fold, for figures.
    void keep_features(const EvaluationJob& job, const torch::Tensor& features,
                       const torch::Tensor& labels) const;

    const StudyJobs& jobs_;
    const StudyDataSets& data_;
    std::filesystem::path folder_;
    std::string codes_;
    dist::Group& group_;
    std::function<void(const std::string&)> warn_;
    std::map<std::string, std::int64_t> attempts_;  ///< the accepted one of each job, on the first rank
};

}  // namespace sslslr
