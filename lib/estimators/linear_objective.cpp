#include "estimators/linear_objective.hpp"

#include <algorithm>
#include <cmath>

#include "core/ordered_run.hpp"

namespace mlserve::estimators {

/// What one thread works with: the block it sums, and its buffers.
struct LinearObjective::Slot {
  Index begin = 0;
  Index rows = 0;
  Sums sums;
  RowBlock block;
  MatrixXd margins;     ///< outputs x rows
  MatrixXd residuals;   ///< outputs x rows
  MatrixXd curvatures;  ///< rows x pairs
};

VectorXd LinearObjective::start() const {
  VectorXd at = VectorXd::Zero(parameters());
  at.head(outputs()) = loss_.start();
  return at;
}

double LinearObjective::value(const VectorXd& at) const {
  return sum_rows(at, Order::value).value + penalty(at);
}

double LinearObjective::gradient(const VectorXd& at, VectorXd& gradient) const {
  const Sums sums = sum_rows(at, Order::gradient);
  gradient = by_parameter(sums.gradient);
  add_penalty_slope(at, gradient);
  return sums.value + penalty(at);
}

double LinearObjective::derivatives(const VectorXd& at, VectorXd& gradient,
                                    MatrixXd& hessian) const {
  const Sums sums = sum_rows(at, Order::derivatives);
  gradient = by_parameter(sums.gradient);
  add_penalty_slope(at, gradient);
  hessian = assemble(sums.grams);
  hold_common_moves(hessian);
  hessian.diagonal().tail(parameters() - outputs()).array() += options_.l2;
  return sums.value + penalty(at);
}

VectorXd LinearObjective::curvatures(const VectorXd& at) const {
  VectorXd diagonal = by_parameter(sum_rows(at, Order::diagonal).diagonal.transpose());
  diagonal.tail(parameters() - outputs()).array() += options_.l2;
  return diagonal;
}

double LinearObjective::values_per_row() const {
  return static_cast<double>(layout_.dense()) + layout_.entries_per_row();
}

double LinearObjective::gradient_cost() const {
  return 2 * static_cast<double>(loss_.rows() * outputs()) * values_per_row();
}

double LinearObjective::derivatives_cost() const {
  const double width = values_per_row();
  return gradient_cost() + static_cast<double>(loss_.rows() * pairs()) * width * width / 2;
}

Index LinearObjective::rows_per_block(Order order) const {
  constexpr double kMostBlocks = 64;
  // Sums as large as this share of the work to make them are worth a block of their own.
  constexpr double kWorkPerSum = 6;
  const auto positions = static_cast<double>(layout_.positions());
  double blocks = kMostBlocks;
  if (order == Order::derivatives) {
    blocks =
        derivatives_cost() / (kWorkPerSum * static_cast<double>(pairs()) * positions * positions);
  } else if (order != Order::value) {
    blocks = gradient_cost() / (kWorkPerSum * static_cast<double>(outputs()) * positions);
  }
  blocks = std::clamp(blocks, 1.0, kMostBlocks);
  const auto rows = static_cast<Index>(std::ceil(static_cast<double>(loss_.rows()) / blocks));
  // Whole chunks.
  const Index chunk = layout_.rows_at_once();
  return std::max<Index>(1, (rows + chunk - 1) / chunk) * chunk;
}

MatrixXd LinearObjective::by_position(const VectorXd& at) const {
  MatrixXd W(outputs(), layout_.positions());
  W.col(0) = at.head(outputs());
  for (Index column = 0; column < columns(); ++column) {
    for (Index k = 0; k < outputs(); ++k) {
      W(k, layout_.position(column)) = at[parameter(k, column)];
    }
  }
  return W;
}

VectorXd LinearObjective::by_parameter(const MatrixXd& by_position) const {
  VectorXd result(parameters());
  result.head(outputs()) = by_position.col(0);
  for (Index column = 0; column < columns(); ++column) {
    for (Index k = 0; k < outputs(); ++k) {
      result[parameter(k, column)] = by_position(k, layout_.position(column));
    }
  }
  return result;
}

LinearObjective::Sums LinearObjective::zeros(Order order) const {
  const Index positions = layout_.positions();
  Sums sums;
  if (order == Order::gradient || order == Order::derivatives) {
    sums.gradient.setZero(outputs(), positions);
  }
  if (order == Order::diagonal) sums.diagonal.setZero(positions, outputs());
  if (order == Order::derivatives) {
    sums.grams.assign(static_cast<std::size_t>(pairs()), MatrixXd::Zero(positions, positions));
  }
  return sums;
}

void LinearObjective::clear(Sums& sums) {
  sums.value = 0;
  sums.gradient.setZero();
  sums.diagonal.setZero();
  for (MatrixXd& gram : sums.grams) gram.setZero();
}

LinearObjective::Sums LinearObjective::sum_rows(const VectorXd& at, Order order) const {
  const MatrixXd W = by_position(at);
  const Index block_rows = rows_per_block(order);
  const auto blocks = static_cast<unsigned>((loss_.rows() + block_rows - 1) / block_rows);
  Sums total = zeros(order);
  Index next = 0;
  run_ordered<Slot>(
      std::min(options_.threads, blocks),
      [&](Slot& slot) {
        slot.begin = next;
        slot.rows = std::min(block_rows, loss_.rows() - next);
        next += slot.rows;
        return slot.rows > 0;
      },
      [&](Slot& slot) { sum_block(W, order, slot); },
      [&](const Slot& slot) {
        total.value += slot.sums.value;
        total.gradient += slot.sums.gradient;
        total.diagonal += slot.sums.diagonal;
        for (std::size_t p = 0; p < total.grams.size(); ++p) {
          total.grams[p] += slot.sums.grams[p];
        }
      });
  const auto every = static_cast<double>(options_.every);
  total.value *= every;
  total.gradient *= every;
  total.diagonal *= every;
  for (MatrixXd& gram : total.grams) gram *= every;
  return total;
}

void LinearObjective::sum_block(const MatrixXd& W, Order order, Slot& slot) const {
  if (slot.sums.gradient.size() + slot.sums.diagonal.size() == 0) {
    slot.sums = zeros(order);
  } else {
    clear(slot.sums);
  }
  slot.sums.value = 0;
  const Index chunk = layout_.rows_at_once();
  for (Index offset = 0; offset < slot.rows; offset += chunk) {
    const Index begin = slot.begin + offset;
    if (begin / chunk % options_.every != 0) continue;
    sum_chunk(W, order, begin, std::min(chunk, slot.rows - offset), slot);
  }
}

void LinearObjective::sum_chunk(const MatrixXd& W, Order order, Index begin, Index rows,
                                Slot& slot) const {
  slot.block.load(layout_, begin, rows);
  slot.block.margins(W, slot.margins);
  if (order == Order::value) {
    slot.sums.value += loss_.value(begin, slot.margins);
    return;
  }
  if (order == Order::gradient) {
    slot.sums.value += loss_.gradient(begin, slot.margins, slot.residuals);
    slot.block.add_gradient(slot.residuals, slot.sums.gradient);
    return;
  }
  slot.sums.value += loss_.derivatives(begin, slot.margins, slot.residuals, slot.curvatures);
  if (order == Order::diagonal) {
    Index pair = 0;
    for (Index k = 0; k < outputs(); pair += outputs() - k, ++k) {
      slot.block.add_gram_diagonal(slot.curvatures.col(pair), slot.sums.diagonal.col(k));
    }
    return;
  }
  slot.block.add_gradient(slot.residuals, slot.sums.gradient);
  for (Index pair = 0; pair < pairs(); ++pair) {
    slot.block.add_gram(slot.curvatures.col(pair), slot.sums.grams[static_cast<std::size_t>(pair)]);
  }
}

double LinearObjective::penalty(const VectorXd& at) const {
  return options_.l2 * at.tail(parameters() - outputs()).squaredNorm() / 2;
}

void LinearObjective::add_penalty_slope(const VectorXd& at, VectorXd& gradient) const {
  const Index coefficients = parameters() - outputs();
  gradient.tail(coefficients) += options_.l2 * at.tail(coefficients);
}

MatrixXd LinearObjective::assemble(const std::vector<MatrixXd>& grams) const {
  // Column -1 is the intercept.
  const auto index = [&](Index output, Index column) {
    return column < 0 ? output : parameter(output, column);
  };
  const auto place = [&](Index column) { return column < 0 ? 0 : layout_.position(column); };
  MatrixXd hessian(parameters(), parameters());
  std::size_t pair = 0;
  for (Index j = 0; j < outputs(); ++j) {
    for (Index k = j; k < outputs(); ++k, ++pair) {
      for (Index a = -1; a < columns(); ++a) {
        for (Index b = -1; b < columns(); ++b) {
          const Index low = std::min(place(a), place(b));
          const Index high = std::max(place(a), place(b));
          const double value = grams[pair](low, high);
          hessian(index(k, b), index(j, a)) = value;
          hessian(index(j, a), index(k, b)) = value;
        }
      }
    }
  }
  return hessian;
}

void LinearObjective::hold_common_moves(MatrixXd& hessian) const {
  const Index K = outputs();
  if (K == 1) return;
  // The mean curvature of the outputs, along (1, …, 1) / sqrt(K).
  const auto hold = [&](const auto& index) {
    double mean = 0;
    for (Index k = 0; k < K; ++k) mean += hessian(index(k), index(k)) / static_cast<double>(K);
    for (Index j = 0; j < K; ++j) {
      for (Index k = 0; k < K; ++k) hessian(index(j), index(k)) += mean / static_cast<double>(K);
    }
  };
  hold([](Index k) { return k; });
  if (!options_.hold_coefficients) return;
  for (Index column = 0; column < columns(); ++column) {
    hold([&](Index k) { return parameter(k, column); });
  }
}

}  // namespace mlserve::estimators
