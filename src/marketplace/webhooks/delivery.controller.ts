import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { EXAMPLE_WEBHOOK_ID } from '../../http/example-id';
import { Id } from '../../http/id.decorator';
import { PageOf, type Page } from '../../http/pagination';
import { Returns, ReturnsNothing } from '../../http/returns.decorator';
import { Permission } from '../../rbac/permission';
import { Requires } from '../../rbac/requires.decorator';
import {
  DeliveryQuery,
  DeliveryResponse,
  ReplayDeliveries,
  ReplayResponse,
  RotatedSecretResponse,
} from './delivery.dto';
import { DeliveryReader } from './delivery.reader';
import { WebhookService } from './webhook.service';

@ApiTags('Marketplace')
@Controller('marketplace/apps/:id')
export class DeliveryController {
  constructor(
    private readonly reader: DeliveryReader,
    private readonly webhooks: WebhookService,
  ) {}

  @Get('deliveries')
  @Requires(Permission.ConnectorRead)
  @Returns(PageOf(DeliveryResponse), 'What was sent to a webhook, newest first')
  listDeliveries(
    @Id('id', EXAMPLE_WEBHOOK_ID) id: string,
    @Query() query: DeliveryQuery,
  ): Promise<Page<DeliveryResponse>> {
    return this.reader.list(id, query);
  }

  @Post('deliveries/replay')
  @Requires(Permission.ConnectorUpdate)
  @Returns(ReplayResponse, 'Send everything of a period once more')
  replayDeliveries(
    @Id('id', EXAMPLE_WEBHOOK_ID) id: string,
    @Body() period: ReplayDeliveries,
  ): Promise<ReplayResponse> {
    return this.webhooks.replayPeriod(id, period);
  }

  @Get('deliveries/:deliveryId')
  @Requires(Permission.ConnectorRead)
  @Returns(DeliveryResponse, 'One delivery, with its attempts')
  getDelivery(
    @Id('id', EXAMPLE_WEBHOOK_ID) id: string,
    @Id('deliveryId') deliveryId: string,
  ): Promise<DeliveryResponse> {
    return this.reader.get(id, deliveryId);
  }

  @Post('deliveries/:deliveryId/replay')
  @Requires(Permission.ConnectorUpdate)
  @ReturnsNothing('Send it once more')
  replayDelivery(@Id('id', EXAMPLE_WEBHOOK_ID) id: string, @Id('deliveryId') deliveryId: string): Promise<void> {
    return this.webhooks.replay(id, deliveryId);
  }

  @Post('webhook-secret/rotate')
  @Requires(Permission.ConnectorUpdate)
  @Returns(RotatedSecretResponse, 'Make a new secret; the former one is good for another day')
  rotateWebhookSecret(@Id('id', EXAMPLE_WEBHOOK_ID) id: string): Promise<RotatedSecretResponse> {
    return this.webhooks.rotateSecret(id);
  }
}
